/** The client model over real sockets: a server in this process that answers as it is told. */
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { clientBehaviour } from '../../models/client/client.ts';
import type { ClientSpec, ClientState } from '../../models/client/state.ts';
import { SocketHost } from '../../scripts/record/socketHost.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Listens on a free port; `answer` is called with the text of each chunk that arrives. */
function listen(answer: (socket: Socket, text: string) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => answer(socket, String(chunk)));
  });
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

const SPEC: ClientSpec = {
  name: 'app',
  masterName: 'mymaster',
  sentinels: [],
  direct: null,
  rediscover: 'on-error',
  writeUs: 2000,
  timeoutUs: null,
  subscribe: false,
  user: null,
  password: null,
  firstWriteUs: 0,
  reads: null,
};

function start(spec: ClientSpec): SocketHost<ClientSpec, ClientState> {
  const host = new SocketHost<ClientSpec, ClientState>(
    { spec, name: 'app', address: '127.0.0.1', bindsAddress: false, names: { r1: '127.0.0.1' }, seed: 1 },
    clientBehaviour,
  );
  host.boot();
  return host;
}

describe('a client model in real time', () => {
  test('a direct client authenticates, writes, and counts what is acknowledged and what is refused', async () => {
    const asked: string[] = [];
    const state = await new Promise<ClientState>((resolve) => {
      let host: SocketHost<ClientSpec, ClientState>;
      let writes = 0;
      const answer = (socket: Socket, text: string) => {
        asked.push(text);
        const sets = text.split('SET').length - 1;
        for (let i = 0; i < sets; i++) {
          writes++;
          if (writes === 3) setImmediate(() => resolve(host.stop()));
          else socket.write(writes === 1 ? '+OK\r\n+OK\r\n' : '-NOREPLICAS Not enough good replicas\r\n');
        }
      };
      void listen(answer).then((port) => {
        host = start({ ...SPEC, direct: { host: 'r1', port }, password: 'pw' });
      });
    });
    expect(asked.join('')).toMatch(
      /^\*2\r\n\$4\r\nAUTH\r\n\$2\r\npw\r\n\*3\r\n\$3\r\nSET\r\n\$5\r\napp:0\r\n/,
    );
    expect(state.ackedSequences).toEqual([0]);
    expect(state.ackedBy).toEqual(['127.0.0.1']);
    expect(state.refused.NOREPLICAS?.count).toBe(1);
  });

  test('a discovering client asks the sentinel, checks ROLE and writes to the node that it was named', async () => {
    const state = await new Promise<ClientState>((resolve) => {
      let host: SocketHost<ClientSpec, ClientState>;
      const node = (socket: Socket, text: string) => {
        if (text.includes('ROLE')) socket.write('*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n');
        else setImmediate(() => resolve(host.stop()));
      };
      void listen(node).then(async (port) => {
        const reply = `*2\r\n$9\r\n127.0.0.1\r\n$${String(port).length}\r\n${port}\r\n`;
        const sentinelPort = await listen((socket) => socket.write(reply));
        const sentinel = { host: 'r1', port: sentinelPort, password: '' };
        host = start({ ...SPEC, sentinels: [sentinel], direct: null });
      });
    });
    expect(state.connectedTo).toBe('127.0.0.1');
    expect(state.awaitingReply).toBe(true);
    expect(state.refused).toEqual({});
  });

  test('a port where nobody listens refuses; a connection that the server drops is closed', async () => {
    const kinds = await new Promise<string[]>((resolve) => {
      const closing = createServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', () => {
          socket.destroy();
          // From now on the port refuses.
          closing.close();
        });
      });
      closing.listen(0, '127.0.0.1', () => {
        const { port } = closing.address() as { port: number };
        const host = start({ ...SPEC, direct: { host: 'r1', port } });
        const look = setInterval(() => {
          if (host.state.refused.REFUSED === undefined) return;
          clearInterval(look);
          resolve(Object.keys(host.stop().refused));
        }, 5);
      });
    });
    expect(kinds).toEqual(['CLOSED', 'REFUSED']);
  });
});
