// Every error Unfold reports: a stable code, what happened, what to do.

/** Stable codes with the remedy that a user reads when a message brings none of its own. */
export const ERROR_CODES = {
  UNFOLD_USAGE: 'Run the command with --help to see its arguments.',
  UNFOLD_NODE_TOO_OLD: 'Install Node 24 or later.',
  UNFOLD_CONFIG_INVALID: 'Correct the named line of the configuration file; `unfold config check` tests it.',
  UNFOLD_TARGET_UNKNOWN:
    'Name a target as SCHEME:PLACE, for example rootfs:/srv/web1 or disk:/images/db.qcow2.',
  UNFOLD_PATH_MISSING: 'Check the path, and that it is visible to the user who runs the crawl.',
  UNFOLD_PATH_UNREADABLE: 'Run the crawl as a user who may read the path.',
  UNFOLD_NOT_A_DIRECTORY: 'rootfs: takes a directory; for a disk image use disk:.',
  UNFOLD_DISK_FORMAT_UNKNOWN:
    'Name the image *.raw, *.img or *.qcow2, or give its format in the configuration file.',
  UNFOLD_DISK_UNREADABLE: 'Check the image with `qemu-img check`; it may be truncated or of another format.',
  UNFOLD_DISK_BACKING_REFUSED:
    "Put the backing file into the image's own folder, or list its folder under crawl.disk.backingFolders.",
  UNFOLD_DISK_NO_SYSTEM: 'The disk holds no file system with an operating system on it.',
  UNFOLD_APPLIANCE_FAILED: 'Check that guestfish, qemu and a readable kernel in /boot are installed.',
  UNFOLD_CONTAINERS_UNREADABLE:
    'Name the folder in which the engine keeps its containers, for example podman:/var/lib/containers/storage, and run the crawl as root.',
  UNFOLD_CONTAINER_PAUSE:
    'Check that the user who crawls may pause containers of the engine, and that none was left paused; or crawl without --pause.',
  UNFOLD_CONTAINER_GONE: 'The container was removed, or ended while it was opened; crawl again.',
  UNFOLD_IMAGE_UNREADABLE:
    'Name an OCI layout (a folder or its tar archive) or an archive of `docker save`; copy or save the image again if it is damaged.',
  UNFOLD_IMAGE_UNTRUSTED:
    'The layer is not what the image says of it, or beyond all measure; copy or save the image again.',
  UNFOLD_TOOL_MISSING: 'Run deploy/setup.sh, or install the named tool.',
  UNFOLD_UNREADABLE: 'Run the crawl as a user who may read it; the frame is partial without it.',
  UNFOLD_TORN: 'The file changed while it was read; the next crawl reads it again.',
  UNFOLD_TOO_LARGE: 'The limit can be raised in the configuration file.',
  UNFOLD_MALFORMED: 'The file does not have the form its extractor knows; what could be read was kept.',
  UNFOLD_CRAWL_TIMEOUT: 'Raise crawl.deadlineSeconds, or crawl fewer features with --features.',
  UNFOLD_CRAWL_CRASHED: 'The crawl of this system ended unexpectedly; the log on stderr says more.',
  UNFOLD_CRAWL_ABORTED: 'The crawl was interrupted; run it again.',
  UNFOLD_CAPABILITY_MISSING: 'This kind of system does not offer what the feature needs.',
  UNFOLD_FRAME_CUT: 'The frame has no closing line or its counts disagree; crawl the system again.',
  UNFOLD_FRAME_INVALID: 'The named line is not part of a frame; check that the file is an Unfold frame.',
  UNFOLD_FRAME_NEWER: 'The frame was written by a newer Unfold; upgrade this one.',
  UNFOLD_FRAME_BASE_MISSING:
    'The frame is a delta on a frame that the index does not have as the newest of the system; crawl it with --full.',
  UNFOLD_FRAME_FUTURE:
    'The clock of the machine that crawled is ahead; correct it and crawl again, or index the frame when that instant has come.',
  UNFOLD_ENGINE_UNREACHABLE: 'Check the URL of the Elasticsearch node, and that it is running.',
  UNFOLD_ENGINE_UNTRUSTED:
    'Name the authority that signed its certificate: index.elasticsearch.ca or caFingerprint in the configuration file.',
  UNFOLD_ENGINE_REFUSED: 'Check the credentials, and that they allow what the message names.',
  UNFOLD_ENGINE_UNSUPPORTED: 'Use Elasticsearch 8 or 9.',
  UNFOLD_ENGINE_FULL:
    'Free space on the nodes of Elasticsearch and lift the read-only block; nothing indexed so far is lost.',
  UNFOLD_ENGINE_CONFLICT: 'Another indexer wrote the same system meanwhile; index the frame again.',
  UNFOLD_ENGINE_FAILED: 'Read what Elasticsearch said; nothing indexed so far is lost.',
  UNFOLD_SYSTEM_UNKNOWN: '`unfold systems` lists the systems of the index.',
  UNFOLD_QUERY_TOO_LONG: 'Shorten the query.',
  UNFOLD_QUERY_INVALID: 'Correct the query at the named place.',
  UNFOLD_DATA_NEWER:
    'The data folder was written by a newer Unfold; upgrade this one, or name another folder.',
  UNFOLD_DATA_UNWRITABLE: 'Choose a folder that you may write with --data or $UNFOLD_DATA.',
  UNFOLD_DATA_UNREADABLE:
    'Run the command as a user who may read the data folder, or name another with --data.',
  UNFOLD_DATA_CORRUPT: 'Move the data folder away and crawl again, or restore it from a backup.',
  UNFOLD_DATA_MISSING:
    'Nothing is indexed there yet: run `unfold crawl` first, or name the data folder with --data.',
  UNFOLD_DISK_FULL: 'Free space on the file system of the data folder; nothing indexed so far is lost.',
  UNFOLD_OUTPUT_UNWRITABLE:
    'Free space where the output goes, or send it elsewhere; what was written is cut off.',
  UNFOLD_DEMO_FAILED: 'Read what the named tool said; the next run builds the demo fleet anew.',
  UNFOLD_REQUEST_INVALID: 'Correct the named part of the request; /openapi.json describes all of them.',
  UNFOLD_REQUEST_TOO_LARGE: 'Send less at a time.',
  UNFOLD_REQUEST_TYPE: 'Send the media type that /openapi.json names for this request.',
  UNFOLD_ROUTE_UNKNOWN: '/openapi.json lists every route with its method.',
  UNFOLD_ORIGIN_REFUSED:
    'Open the page at the address that the server printed, or name the host with --host-name.',
  UNFOLD_RATE_LIMITED: 'Wait for the seconds that the header Retry-After names.',
  UNFOLD_OVERLOADED: 'Ask again in a moment: the server has as many questions as it can answer.',
  UNFOLD_QUERY_TIMEOUT: 'Make the query narrower, or ask for less of each system.',
  UNFOLD_LISTEN_FAILED: 'Choose another address with --listen, or end what listens there.',
  UNFOLD_LISTEN_REFUSED: 'Listen on 127.0.0.1 or [::1], or create a token first: `unfold token create NAME`.',
  UNFOLD_TLS_INVALID: 'Give a certificate chain and its key, as PEM files that the server may read.',
  UNFOLD_TOKEN_MISSING: 'Send a token as `Authorization: Bearer TOKEN`; `unfold token create` makes one.',
  UNFOLD_TOKEN_UNKNOWN: '`unfold token list` lists the tokens.',
  UNFOLD_SCOPE_MISSING: 'Ask with a token that has the scope; `unfold token create --scope` makes one.',
  UNFOLD_CONTENT_UNKNOWN:
    'Take the SHA-256 of a text from the facts of a system; one that is gone is found with an instant (at).',
  UNFOLD_SAVED_UNKNOWN: '`unfold saved list` lists the saved searches.',
  UNFOLD_WATCHED_ALREADY: 'End the other `unfold watch` of this data folder, or let it go on alone.',
  UNFOLD_INTERNAL: 'This is a defect of Unfold; please report it with the message.',
} as const satisfies Record<string, string>;

/** A stable error code. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What of the input is wrong: which part by its name, which of several texts, from 0, and where in it, in UTF-16 units, end exclusive. */
export interface ErrorPlace {
  readonly parameter?: string;
  readonly index?: number;
  readonly span?: readonly [number, number];
}

/** An error a user can act on. `message` says what happened, `remedy` what to do. */
export class UnfoldError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly place: ErrorPlace | null;

  constructor(
    code: ErrorCode,
    message: string,
    options: { remedy?: string; cause?: unknown; place?: ErrorPlace } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'UnfoldError';
    this.code = code;
    this.remedy = options.remedy ?? ERROR_CODES[code];
    this.place = options.place ?? null;
  }
}
