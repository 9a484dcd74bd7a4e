/** A RESP2 reply as JSON: texts, numbers, null and arrays; an error is its text. */
import type { Reply } from '../../models/commands.ts';
import { renderInfo } from '../../models/redis/index.ts';
import type { RespJson } from '../run/document.ts';

export function replyJson(reply: Reply): RespJson {
  switch (reply.kind) {
    case 'status':
    case 'error':
    case 'bulk':
      return reply.text;
    case 'integer':
      return reply.value;
    case 'array':
      return reply.items === null ? null : reply.items.map(replyJson);
    case 'info':
      return renderInfo(reply.info, reply.sections);
    case 'fullresync':
      return `FULLRESYNC ${reply.replId} ${reply.offset}`;
    case 'continue':
      return `CONTINUE ${reply.replId}`;
  }
}
