// What is crawled.
import { z } from 'zod';

export const SystemKind = z.enum(['vm', 'container', 'host', 'image']);
export type SystemKind = z.infer<typeof SystemKind>;

/** What a container's engine knows of it. ECS `container.*`. */
export const ContainerInfo = z.object({
  id: z.string(),
  /** `podman`, `docker` …, and where it keeps its containers. */
  engine: z.object({ name: z.string(), root: z.string() }),
  state: z.enum(['running', 'stopped']),
  /** `id` is the digest of the image's configuration, `digest` that of its manifest. */
  image: z
    .object({ name: z.string().optional(), id: z.string().optional(), digest: z.string().optional() })
    .optional(),
  ip: z.array(z.string()),
  /** What is mounted into it: not part of its own files. */
  mounts: z.array(z.object({ path: z.string(), source: z.string() })),
});
export type ContainerInfo = z.infer<typeof ContainerInfo>;

/** What an image says of itself, and where it was found. */
export const ImageInfo = z.object({
  /** Digest of its configuration, unless that is damaged, and of its manifest, where it has one. */
  id: z.string().optional(),
  digest: z.string().optional(),
  names: z.array(z.string()),
  /** `OS/ARCHITECTURE`, and a variant where there is one. */
  platform: z.string().optional(),
  created: z.iso.datetime().optional(),
  /** Digests of its layers, unpacked; the lowest first. */
  layers: z.array(z.string()),
  place: z.string(),
});
export type ImageInfo = z.infer<typeof ImageInfo>;

/** A system as every frame and answer names it. `id` comes from where it was found, e.g. `rootfs:host1/srv/web1`. */
export const SystemRef = z.object({
  id: z.string().min(1).max(4096),
  kind: SystemKind,
  name: z.string().max(1024),
  labels: z.record(z.string(), z.string()),
  container: ContainerInfo.optional(),
  image: ImageInfo.optional(),
  /** The system that an image is, of a container made from it; whether that was crawled is not said. */
  derivedFrom: z.string().optional(),
});
export type SystemRef = z.infer<typeof SystemRef>;
