// unfold.yaml
import { z } from 'zod';
import { Feature } from './entries.ts';

/** One target of `unfold crawl`, with what its name alone does not say. */
export const TargetConfiguration = z.strictObject({
  target: z.string().min(3),
  name: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
  /** Image format where the file name does not end in it. */
  format: z.enum(['raw', 'qcow2']).optional(),
  /** Which build of container images is read, as `OS/ARCHITECTURE`; by default that for this machine. */
  platform: z.string().min(3).optional(),
});
export type TargetConfiguration = z.infer<typeof TargetConfiguration>;

export const CrawlConfiguration = z.strictObject({
  /** Read only these; without them everything that a system shows. */
  features: z.array(Feature).min(1).optional(),
  /** Systems crawled at a time. */
  concurrency: z.int().min(1).max(64).default(2),
  /** A system whose crawl takes longer is recorded as failed. */
  deadlineSeconds: z.int().min(1).max(86_400).default(3600),
  /** Regular files up to this size are read. */
  maxFileBytes: z.int().min(0).max(16_777_216).default(262_144),
  /** Running containers are paused by their engine while they are read. */
  pause: z.boolean().default(false),
  disk: z
    .strictObject({
      /** Folders, besides the image's own, in which its backing files may lie. */
      backingFolders: z.array(z.string()).default([]),
      /** Seconds an appliance may take to start. */
      launchSeconds: z.int().min(5).max(3600).default(180),
    })
    .default({ backingFolders: [], launchSeconds: 180 }),
});
export type CrawlConfiguration = z.infer<typeof CrawlConfiguration>;

export const ElasticsearchConfiguration = z
  .strictObject({
    /** URLs of nodes; `--elasticsearch-node` comes first. */
    nodes: z.array(z.url({ protocol: /^https?$/ })).min(1),
    /** What names of indices and aliases begin with: one cluster may hold several indexes of Unfold. */
    prefix: z
      .string()
      .regex(/^[a-z][a-z0-9_-]*$/)
      .default('unfold'),
    /** Encoded, as Elasticsearch gives it. Without credentials here: `$UNFOLD_ELASTICSEARCH_API_KEY`. */
    apiKey: z.string().min(1).optional(),
    /** Else `$UNFOLD_ELASTICSEARCH_USERNAME`. */
    username: z.string().min(1).optional(),
    /** Else `$UNFOLD_ELASTICSEARCH_PASSWORD`. */
    password: z.string().min(1).optional(),
    /** PEM file of the authority that signed the nodes' certificates, relative to the configuration file. */
    ca: z.string().min(1).optional(),
    /** SHA-256 of that authority's certificate, where its file is not at hand: 64 hex digits, with or without colons. */
    caFingerprint: z
      .string()
      .regex(/^(?:[\da-fA-F]{2}:?){31}[\da-fA-F]{2}$/, 'must be the 64 hex digits of a SHA-256')
      .optional(),
    shards: z.int().min(1).max(64).default(1),
    replicas: z.int().min(0).max(8).default(1),
  })
  .refine(({ apiKey, username }) => apiKey === undefined || username === undefined, {
    path: ['apiKey'],
    message: 'either apiKey or username, not both',
  })
  .refine(({ ca, caFingerprint }) => ca === undefined || caFingerprint === undefined, {
    path: ['caFingerprint'],
    message: 'either ca or caFingerprint, not both',
  });
export type ElasticsearchConfiguration = z.infer<typeof ElasticsearchConfiguration>;

export const IndexConfiguration = z
  .strictObject({
    /** `--engine` and `$UNFOLD_ENGINE` come first. */
    engine: z.enum(['embedded', 'elasticsearch']).default('embedded'),
    elasticsearch: ElasticsearchConfiguration.optional(),
    /** How much of the past stays; applied after each indexing run. */
    retention: z
      .strictObject({
        days: z.number().positive().nullable().default(null),
        frames: z.int().min(1).nullable().default(null),
      })
      .default({ days: null, frames: null }),
  })
  .refine(({ engine, elasticsearch }) => engine === 'embedded' || elasticsearch !== undefined, {
    path: ['engine'],
    message: 'elasticsearch needs elasticsearch.nodes beside it',
  });
export type IndexConfiguration = z.infer<typeof IndexConfiguration>;

export const Configuration = z.strictObject({
  /** Data folder; `--data` and `$UNFOLD_DATA` come first. */
  data: z.string().optional(),
  /** Name of this machine in system ids; its host name by default. */
  host: z.string().optional(),
  /** What `unfold crawl` crawls when no target is named. */
  targets: z.array(TargetConfiguration).default([]),
  crawl: CrawlConfiguration.default(CrawlConfiguration.parse({})),
  index: IndexConfiguration.default(IndexConfiguration.parse({})),
  coverage: z
    .strictObject({
      /** A system whose last frame is older is stale. */
      staleAfterHours: z.number().positive().default(168),
    })
    .default({ staleAfterHours: 168 }),
});
export type Configuration = z.infer<typeof Configuration>;
