// Runs Echoes in a process of its own until it is killed: see echoes.test.ts.
import { startEchoes } from '../echoes.ts';

const { origin } = await startEchoes();
console.log(`at ${origin}`);
