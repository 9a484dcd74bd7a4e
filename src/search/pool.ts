/** Tasks over threads: handed out in order, finished in any order. */
import { Tinypool } from 'tinypool';

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

/** `threads` threads of the module `file`, whose default export answers a task; each is given `data`. */
export function threadPool<Task, Result>(file: URL, threads: number, data: unknown): Pool<Task, Result> {
  const pool = new Tinypool({
    filename: file.href,
    minThreads: threads,
    maxThreads: threads,
    workerData: data,
  });
  return {
    async run(next, done, interrupted) {
      const serve = async () => {
        for (let task = next(); task !== null && !interrupted.aborted; task = next()) {
          done((await pool.run(task, { signal: interrupted })) as Result);
        }
      };
      try {
        await Promise.all(Array.from({ length: threads }, serve));
      } catch (error) {
        // The rejection of an aborted task is no error.
        if (!interrupted.aborted) throw error;
      }
    },
    close: () => pool.destroy(),
  };
}
