// Opens the index file: to write (making its tables), or to read.
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { UnfoldError } from '../../../schemas/error.ts';
import { cannotOpen, indexError } from './errors.ts';
import { migrate } from './migrate.ts';
import { APPLICATION_ID, SCHEMA_VERSION, TABLES } from './schema.ts';

/** How long SQLite itself waits for a lock; a frame being written holds it longer, see write-lock.ts. */
const BUSY_MS = 5000;
/** A frame's transaction is tried again and again without blocking this process for long. */
const WRITER_BUSY_MS = 200;
/** Enough for the pages in use; more made writing no faster. No mmap: it gained nothing, and a damaged file would end the process. */
const CACHE_KIB = 65_536;

/** SQLite's temporary files hold text of systems and belong beside the index; heeded from a process's first index on. */
function keepTemporaryFilesBeside(file: string): void {
  process.env['SQLITE_TMPDIR'] ??= dirname(file);
}

/** One number that a pragma answers. */
function pragmaNumber(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}

/** Refuses what is not ours or newer; true where an older Unfold wrote it. */
function isOlder(db: DatabaseSync, file: string): boolean {
  const version = pragmaNumber(db, 'user_version');
  if (pragmaNumber(db, 'application_id') !== APPLICATION_ID) {
    throw new UnfoldError('UNFOLD_DATA_CORRUPT', `${file} is not an index of Unfold`);
  }
  if (version > SCHEMA_VERSION) {
    throw new UnfoldError(
      'UNFOLD_DATA_NEWER',
      `${file} has version ${version}, this Unfold knows ${SCHEMA_VERSION}`,
    );
  }
  return version < SCHEMA_VERSION;
}

/** Makes the tables in an empty file; of two processes that do it at once the second finds them made. */
function makeTables(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    if (pragmaNumber(db, 'schema_version') === 0) {
      db.exec(TABLES);
      db.exec(`PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${SCHEMA_VERSION}`);
    }
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function makeFolder(file: string): void {
  const folder = dirname(file);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    // SQLite's own would be readable for everybody in a folder that is.
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
    accessSync(file, constants.R_OK | constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const code = reason.startsWith('ENOSPC') ? 'UNFOLD_DISK_FULL' : 'UNFOLD_DATA_UNWRITABLE';
    throw new UnfoldError(code, `${folder} cannot be written: ${reason}`, { cause: error });
  }
}

/** The index at `file`, to be written; made where it is missing. Throws UnfoldError. */
export function openWriter(file: string): DatabaseSync {
  makeFolder(file);
  keepTemporaryFilesBeside(file);
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(file, { timeout: BUSY_MS });
    const opened = db;
    // What is not ours is left as it is.
    const isNew = pragmaNumber(db, 'schema_version') === 0;
    const older = !isNew && isOlder(db, file);
    db.exec(
      'PRAGMA page_size=8192; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL',
    );
    db.exec(`PRAGMA cache_size=-${CACHE_KIB}`);
    if (isNew) makeTables(db);
    if (older) migrate(opened, () => pragmaNumber(opened, 'user_version'));
    db.exec(`PRAGMA busy_timeout=${WRITER_BUSY_MS}`);
    return db;
  } catch (error) {
    db?.close();
    throw indexError(error, file);
  }
}

function missing(file: string): UnfoldError {
  return new UnfoldError('UNFOLD_DATA_MISSING', `there is no index at ${file}`);
}

/**
 * The index at `file`, to be read only; one of an older Unfold is brought up to date before. Throws UnfoldError where
 * there is none.
 */
export function openReader(file: string): DatabaseSync {
  if (!existsSync(file)) throw missing(file);
  keepTemporaryFilesBeside(file);
  let db: DatabaseSync | null = null;
  try {
    accessSync(file, constants.R_OK);
    db = openReadOnly(file);
    // Between a writer's making the file and its tables there is nothing to read.
    if (pragmaNumber(db, 'schema_version') === 0) throw missing(file);
    if (isOlder(db, file)) {
      db.close();
      openWriter(file).close();
      return openReader(file);
    }
    db.exec(`PRAGMA cache_size=-${CACHE_KIB}; PRAGMA query_only=1`);
    return db;
  } catch (error) {
    db?.close();
    throw readError(error, file);
  }
}

/**
 * Reading beside a writer needs the file's `-wal` and `-shm`, which SQLite makes where it may. A user who may
 * not write the folder can still read an index that nobody is writing, because then it is one file.
 */
function openReadOnly(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
  try {
    pragmaNumber(db, 'schema_version');
    return db;
  } catch (error) {
    db.close();
    if (!cannotOpen(error) || existsSync(`${file}-wal`)) throw error;
    const url = pathToFileURL(file);
    url.searchParams.set('immutable', '1');
    return new DatabaseSync(url, { readOnly: true });
  }
}

function readError(error: unknown, file: string): unknown {
  const denied = (error as NodeJS.ErrnoException).code === 'EACCES';
  if (!denied && !cannotOpen(error)) return indexError(error, file);
  return new UnfoldError('UNFOLD_DATA_UNREADABLE', `${file} cannot be read`, { cause: error });
}
