// Another commit of this repository, checked out and built beside this one.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Commit {
  folder: string;
  /** The short name of the commit. */
  name: string;
  close(): Promise<void>;
}

/** Checks out a commit into a worktree that `close` removes, and builds it. */
export async function openCommit({ root, ref }: { root: string; ref: string }): Promise<Commit> {
  const git = (...words: string[]) => execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
  const name = git('rev-parse', '--short', `${ref}^{commit}`);
  const parent = mkdtempSync(join(tmpdir(), 'echoes-against-'));
  const folder = join(parent, 'echoes');
  const close = async () => {
    git('worktree', 'remove', '--force', folder);
    rmSync(parent, { recursive: true, force: true });
  };
  git('worktree', 'add', '--quiet', '--detach', folder, name);
  try {
    const isSameLock = git('rev-parse', `${name}:package-lock.json`) === git('rev-parse', 'HEAD:package-lock.json');
    if (isSameLock) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    else execFileSync('node', ['.ci/install.mjs'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('npm', ['run', 'build'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    return { folder, name, close };
  } catch (error) {
    await close();
    throw error;
  }
}
