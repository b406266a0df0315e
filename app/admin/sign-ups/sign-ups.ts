/** A cluster: new people of one UTC day who came from one network, or on one device pattern. Times in ms since 1970. */
export interface Cluster {
  by: 'network' | 'device';
  /** A keyed hash: no address and no browser can be read from it. */
  hash: string;
  /** Days since 1970. */
  day: number;
  count: number;
  suspended: number;
  firstAt: number;
  lastAt: number;
}

/** One of the people of a cluster. `isAdmin`: no act for all reaches them. */
export interface ClusterPerson {
  id: string;
  name: string | null;
  email: string | null;
  at: number;
  suspendedAt: number | null;
  deletedAt: number | null;
  isAdmin: number;
}

export type ClusterKey = Pick<Cluster, 'by' | 'hash' | 'day'>;

/** The name of a cluster in addresses and in the audit log. */
export const clusterId = ({ by, day, hash }: ClusterKey): string => `${by}-${day}-${hash}`;

/** The cluster with this name; null for any other text. */
export function readClusterId(text: string | null): ClusterKey | null {
  const [found, by, day, hash = ''] = /^(network|device)-(\d{1,6})-([\w-]{43})$/.exec(text ?? '') ?? [];
  return found ? { by: by as Cluster['by'], day: Number(day), hash } : null;
}
