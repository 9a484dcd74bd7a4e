/** Tasks over threads: handed out in order, finished in any order. */
import { Worker } from 'node:worker_threads';

export interface Pool<Task, Result> {
  /**
   * Hands out what `next` gives until it gives null, and resolves when everything handed out is done, or as soon as
   * `interrupted` is. Rejects with the first error of a task.
   */
  run(next: () => Task | null, done: (result: Result) => void, interrupted: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** A pool of this thread alone. It lets go after each task, so that a signal can arrive. */
export function localPool<Task, Result>(perform: (task: Task) => Result): Pool<Task, Result> {
  return {
    async run(next, done, interrupted) {
      for (let task = next(); task !== null && !interrupted.aborted; task = next()) {
        done(perform(task));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async close() {},
  };
}

/** What a worker thread posts for each task. */
export type Answer<Result> = { readonly result: Result } | { readonly error: string };

/** `size` threads of the module `file`, each given `data`; a task is answered by one {@link Answer}. */
export function threadPool<Task, Result>(file: URL, size: number, data: unknown): Pool<Task, Result> {
  const workers = Array.from({ length: size }, () => new Worker(file, { workerData: data }));
  return {
    async run(next, done, interrupted) {
      const stopped = new Promise<void>((resolve) => {
        interrupted.addEventListener('abort', () => resolve(), { once: true });
      });
      const busy = workers.map((worker) => serve(worker, next, done, interrupted));
      await Promise.race([Promise.all(busy), stopped]);
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

async function serve<Task, Result>(
  worker: Worker,
  next: () => Task | null,
  done: (result: Result) => void,
  interrupted: AbortSignal,
): Promise<void> {
  for (let task = next(); task !== null && !interrupted.aborted; task = next()) {
    const answer = await ask<Task, Result>(worker, task);
    if ('error' in answer) throw new Error(answer.error);
    if (!interrupted.aborted) done(answer.result);
  }
}

function ask<Task, Result>(worker: Worker, task: Task): Promise<Answer<Result>> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      worker.off('message', answered);
      worker.off('error', failed);
    };
    const answered = (answer: Answer<Result>) => {
      settle();
      resolve(answer);
    };
    const failed = (error: Error) => {
      settle();
      reject(error);
    };
    worker.on('message', answered);
    worker.on('error', failed);
    worker.postMessage(task);
  });
}
