import { test } from 'vitest';
import { cluster, stage } from '../support/stages.ts';
test('x', () => {
  let t = Date.now();
  const lab = cluster();
  console.log(Date.now() - t, lab.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster'));
  lab.kill('r1').run(20000);
  for (const l of lab.said) console.log(l.atUs/1000, l.node, l.event, l.message);
  t = Date.now();
  const st = stage();
  console.log(Date.now() - t, st.askFields('s1', 'SENTINEL', 'MASTER', 'mymaster'));
  for (const h of st.actor('n1').heard) console.log(h.atUs, h.connection, JSON.stringify(h.message));
});
