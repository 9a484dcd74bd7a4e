/** A typed request as the words of its RESP form: for renamed commands and for the unknown-command error. */
import { helloText, type Request } from './commands.ts';

function pairWords(to: { readonly host: string; readonly port: number } | null): string[] {
  return to === null ? ['NO', 'ONE'] : [to.host, String(to.port)];
}

function shutdownWords(request: Extract<Request, { kind: 'SHUTDOWN' }>): string[] {
  const words = ['SHUTDOWN'];
  if (request.save !== null) words.push(request.save ? 'SAVE' : 'NOSAVE');
  if (request.now) words.push('NOW');
  if (request.force) words.push('FORCE');
  if (request.abort) words.push('ABORT');
  return words;
}

function failoverWords(request: Extract<Request, { kind: 'FAILOVER' }>): string[] {
  const words = ['FAILOVER'];
  if (request.to !== null) words.push('TO', request.to.host, String(request.to.port));
  if (request.force) words.push('FORCE');
  if (request.abort) words.push('ABORT');
  if (request.timeoutMs > 0) words.push('TIMEOUT', String(request.timeoutMs));
  return words;
}

function replconfWords(request: Extract<Request, { kind: 'REPLCONF' }>): string[] {
  switch (request.option) {
    case 'listening-port':
      return ['REPLCONF', request.option, String(request.port)];
    case 'ip-address':
      return ['REPLCONF', request.option, request.address];
    case 'capa':
      return ['REPLCONF', ...request.capabilities.flatMap((capability) => ['capa', capability])];
    case 'ACK':
      return ['REPLCONF', request.option, String(request.offset)];
  }
}

function clientWords(request: Request): string[] {
  switch (request.kind) {
    case 'CLIENT KILL':
      return ['CLIENT', 'KILL', 'TYPE', request.type, ...(request.skipMe ? [] : ['SKIPME', 'no'])];
    case 'CLIENT SETNAME':
      return ['CLIENT', 'SETNAME', request.clientName];
    case 'CLIENT PAUSE':
      return ['CLIENT', 'PAUSE', String(request.timeoutMs), request.writesOnly ? 'WRITE' : 'ALL'];
    default:
      return request.kind.split(' ');
  }
}

/** The words, command name first. */
export function requestWords(request: Request): readonly string[] {
  switch (request.kind) {
    case 'UNKNOWN':
      return request.words;
    case 'SENTINEL':
      return ['SENTINEL', ...request.words];
    case 'IS-MASTER-DOWN-BY-ADDR':
      return [
        'SENTINEL',
        'is-master-down-by-addr',
        request.ip,
        String(request.port),
        String(request.epoch),
        request.runId,
      ];
    case 'PING':
      return request.text === undefined ? ['PING'] : ['PING', request.text];
    case 'AUTH':
      return request.user === null ? ['AUTH', request.password] : ['AUTH', request.user, request.password];
    case 'INFO':
      return ['INFO', ...request.sections];
    case 'GET':
      return ['GET', request.key];
    case 'SET':
      return ['SET', request.key, request.value];
    case 'DEL':
      return ['DEL', ...request.keys];
    case 'WAIT':
      return ['WAIT', String(request.replicas), String(request.timeoutMs)];
    case 'PUBLISH':
      return [
        'PUBLISH',
        request.channel,
        typeof request.payload === 'string' ? request.payload : helloText(request.payload),
      ];
    case 'SUBSCRIBE':
      return ['SUBSCRIBE', ...request.channels];
    case 'PSUBSCRIBE':
      return ['PSUBSCRIBE', ...request.patterns];
    case 'REPLICAOF':
      return [request.word, ...pairWords(request.to)];
    case 'CONFIG GET':
      return ['CONFIG', 'GET', ...request.patterns];
    case 'CONFIG SET':
      return ['CONFIG', 'SET', ...request.pairs.flat()];
    case 'DEBUG SLEEP':
      return ['DEBUG', 'SLEEP', String(request.seconds)];
    case 'DEBUG POPULATE':
      return ['DEBUG', 'POPULATE', String(request.keys), 'key', String(request.valueBytes)];
    case 'SHUTDOWN':
      return shutdownWords(request);
    case 'FAILOVER':
      return failoverWords(request);
    case 'REPLCONF':
      return replconfWords(request);
    case 'PSYNC':
      return ['PSYNC', request.replId, String(request.offset)];
    default:
      return clientWords(request);
  }
}
