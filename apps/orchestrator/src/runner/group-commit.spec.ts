import { describe, expect, it, jest } from '@jest/globals';
import { LeaseLost, type JournalBatch, type RunRow } from '../store/journal.store.js';
import { GroupCommit } from './group-commit.js';

const row = (id: string): RunRow => ({
  id,
  workflow: 'w',
  version: '1',
  status: 'Running',
  owner: 'me',
  wakeAt: null,
  parentRun: null,
  clientTrackingId: id,
  triggerName: 'manual',
  startedAt: 0,
  endedAt: null,
  code: null,
  errorMessage: null,
  resubmittedFrom: null,
});
const event = (runId: string, seq: number) => ({ runId, seq, body: '{}', payloads: [] });
/** What waits for the end of the event loop's turn has left. */
const turn = () => new Promise((resolve) => setImmediate(resolve));
const idle = () => new Promise((resolve) => setTimeout(resolve, 20));

/** A store whose writes end when the test says so. */
function store() {
  const batches: JournalBatch[] = [];
  const pending: { resolve(): void; reject(error: Error): void }[] = [];
  const write = (batch: JournalBatch) =>
    new Promise<void>((resolve, reject) => {
      batches.push(batch);
      pending.push({ resolve, reject });
    });
  return { batches, pending, write };
}
const seqs = (batch: JournalBatch | undefined) => batch?.events.map(({ seq }) => seq);

describe('group commit', () => {
  it('writes what several runs append in one turn of the event loop as one batch', async () => {
    const { batches, pending, write } = store();
    const commit = new GroupCommit({ write, lost: () => undefined });
    const barriers = ['a', 'b', 'c'].map((run) => {
      commit.append(row(run), [event(run, 1)]);
      return commit.barrier();
    });
    await turn();
    expect(batches.map(({ runs }) => runs.map(({ id }) => id))).toEqual([['a', 'b', 'c']]);
    pending[0]!.resolve();
    await Promise.all(barriers);
  });

  it('writes what arrives during a commit as one next batch', async () => {
    const { batches, pending, write } = store();
    const commit = new GroupCommit({ write, lost: () => undefined });
    commit.append(row('a'), [event('a', 1)]);
    const first = commit.barrier();
    await turn();
    commit.append(row('a'), [event('a', 2)]);
    commit.append(row('b'), [event('b', 1)]);
    expect(batches).toHaveLength(1);
    pending[0]!.resolve();
    await first;
    await idle();
    expect(batches.map((batch) => batch.events.length)).toEqual([1, 2]);
  });

  it('a barrier waits for what was appended before it, not for what comes after', async () => {
    const { pending, write } = store();
    const commit = new GroupCommit({ write, lost: () => undefined });
    commit.append(row('a'), [event('a', 1)]);
    const barrier = commit.barrier();
    await turn();
    commit.append(row('b'), [event('b', 1)]);
    pending[0]!.resolve();
    await barrier;
    await turn();
    expect(pending).toHaveLength(2);
  });

  it('a barrier in the middle of a commit waits for the next one too', async () => {
    const { pending, write } = store();
    const commit = new GroupCommit({ write, lost: () => undefined });
    commit.append(row('a'), [event('a', 1)]);
    const first = commit.barrier();
    await turn();
    commit.append(row('a'), [event('a', 2)]);
    let passed = false;
    const second = commit.barrier().then(() => (passed = true));
    pending[0]!.resolve();
    await first;
    await idle();
    expect(passed).toBe(false);
    pending[1]!.resolve();
    await second;
  });

  it('a batch leaves by itself after a few milliseconds, or at once when it is full', async () => {
    const { batches, write } = store();
    const commit = new GroupCommit({ write, lost: () => undefined, delay: 5, size: 3 });
    commit.append(row('a'), [event('a', 1)]);
    expect(batches).toHaveLength(0);
    await idle();
    expect(batches).toHaveLength(1);
    const full = store();
    const other = new GroupCommit({
      write: full.write,
      lost: () => undefined,
      delay: 1e6,
      size: 3,
    });
    other.append(row('a'), [event('a', 1), event('a', 2), event('a', 3)]);
    expect(full.batches).toHaveLength(1);
  });

  it('repeats a commit whose outcome is unknown with the same records, and accepts nothing meanwhile', async () => {
    const { batches, pending, write } = store();
    const failed = jest.fn();
    const commit = new GroupCommit({ write, lost: () => undefined, failed });
    commit.append(row('a'), [event('a', 1)]);
    const barrier = commit.barrier();
    await turn();
    commit.append(row('a'), [event('a', 2)]);
    pending[0]!.reject(new Error('connection lost'));
    await idle();
    expect(commit.isFailing).toBe(true);
    await idle();
    await idle();
    await idle();
    expect(batches.map(seqs)).toEqual([[1], [1]]);
    expect(failed).toHaveBeenCalledTimes(1);
    pending[1]!.resolve();
    await barrier;
    await turn();
    expect(commit.isFailing).toBe(false);
    expect(seqs(batches[2])).toEqual([2]);
  });

  it('gives up for good when the lease is lost', async () => {
    const { batches, pending, write } = store();
    const lost = jest.fn();
    const commit = new GroupCommit({ write, lost });
    commit.append(row('a'), [event('a', 1)]);
    const first = commit.barrier();
    await turn();
    commit.append(row('a'), [event('a', 2)]);
    const second = commit.barrier();
    pending[0]!.reject(new LeaseLost('gone'));
    await expect(first).rejects.toThrow(LeaseLost);
    await expect(second).rejects.toThrow(LeaseLost);
    await expect(commit.barrier()).rejects.toThrow(LeaseLost);
    commit.append(row('a'), [event('a', 3)]);
    await idle();
    expect([batches.length, lost.mock.calls.length]).toEqual([1, 1]);
  });

  it('leaves out the one run whose data the database refuses', async () => {
    const written: string[] = [];
    const refused = jest.fn();
    const write = async ({ runs }: JournalBatch) => {
      if (runs.some(({ id }) => id === 'bad'))
        throw Object.assign(new Error('invalid byte sequence'), { code: '22021' });
      written.push(...runs.map(({ id }) => id));
    };
    const commit = new GroupCommit({ write, lost: () => undefined, refused });
    for (const id of ['a', 'bad', 'b']) commit.append(row(id), [event(id, 1)]);
    await commit.barrier();
    expect(written).toEqual(['a', 'b']);
    expect(refused.mock.calls.map(([id]) => id)).toEqual(['bad']);
  });
});
