// What is crawled.
import { z } from 'zod';

export const SystemKind = z.enum(['vm', 'container', 'host', 'image']);
export type SystemKind = z.infer<typeof SystemKind>;

/** A system as every frame and answer names it. `id` comes from where it was found, e.g. `rootfs:host1/srv/web1`. */
export const SystemRef = z.object({
  id: z.string().min(1).max(4096),
  kind: SystemKind,
  name: z.string().max(1024),
  labels: z.record(z.string(), z.string()),
});
export type SystemRef = z.infer<typeof SystemRef>;
