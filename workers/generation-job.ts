import { DurableObject } from 'cloudflare:workers';

/** One object per generation. */
export class GenerationJob extends DurableObject<Env> {}
