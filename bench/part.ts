// One part of the bench, in a process that run-part.ts starts: `node bench/part.ts NAME GENERATIONS`.
import { existsSync } from 'node:fs';
import { parts } from './parts.ts';

// In memory where the machine has such a folder: the local D1 writes to the disk with every read, and D1 does not.
if (existsSync('/dev/shm')) process.env.TMPDIR = '/dev/shm';
const [, , name = '', generations = '100000'] = process.argv;
const part = parts[name];
if (!part) throw new Error(`no part is called ${name}`);
await part({ generations: Number(generations) });
process.exit(0);
