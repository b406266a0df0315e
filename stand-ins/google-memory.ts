import type { Adapter, AdapterPayload } from 'oidc-provider';

/** The storage of the OpenID provider, in memory. */
export function createMemory(): (model: string) => Adapter {
  const kept = new Map<string, { payload: AdapterPayload; until: number }>();

  function read(key: string): AdapterPayload | undefined {
    const entry = kept.get(key);
    return entry && entry.until > Date.now() ? entry.payload : undefined;
  }

  return (model) => ({
    async upsert(id, payload, expiresIn) {
      kept.set(`${model}:${id}`, { payload, until: Date.now() + (expiresIn ?? 86_400) * 1000 });
    },
    find: async (id) => read(`${model}:${id}`),
    findByUid: async (uid) =>
      [...kept.entries()].find(([key, { payload }]) => key.startsWith(`${model}:`) && payload.uid === uid)?.[1].payload,
    // The device flow is off, so there are no user codes.
    findByUserCode: async () => undefined,
    async consume(id) {
      const payload = read(`${model}:${id}`);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      kept.delete(`${model}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of kept) if (payload.grantId === grantId) kept.delete(key);
    },
  });
}
