import { createHash } from 'node:crypto';
import { closeSync, existsSync, lstatSync, openSync, readSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { type FileCopyOptions, IgnoreStrategy, SymlinkFollowMode } from 'aws-cdk-lib';
import { sha256 } from './fingerprint';
import { once } from './once';

/** A file or a symbolic link in the copy of a directory that the CDK makes for an asset. */
export interface StagedFile {
  /** The path in the directory, with `/` as the separator. */
  readonly path: string;

  /** The file on this machine. */
  readonly source: string;

  /** The target of a symbolic link that is copied as such. */
  readonly link?: string;

  /** Whether the owner can execute the file. Undefined if the file system does not record it. */
  readonly isExecutable?: boolean;
}

/** The files of a directory, or a single file, that the CDK copies for an asset with the same options. */
export function stagedFiles(source: string, options: FileCopyOptions = {}): StagedFile[] {
  const files = statSync(source).isDirectory()
    ? [...filesBelow(source, '', IgnoreStrategy.fromCopyOptions(options, source), options.followSymlinks)]
    : [{ path: '', source, isExecutable: isExecutable(source) }];
  // Windows has no executable bits, and a file system without modes, such as that of Windows in WSL, sets them for every file.
  const hasModes = process.platform !== 'win32' && files.some((file) => file.isExecutable === false);
  return hasModes ? files : files.map((file) => ({ ...file, isExecutable: undefined }));
}

/** Walks a directory as `FileSystem.copyDirectory` of the CDK does, which has no counterpart that lists the files. */
function* filesBelow(
  root: string,
  directory: string,
  ignore: IgnoreStrategy,
  follow: SymlinkFollowMode = SymlinkFollowMode.EXTERNAL,
): Generator<StagedFile> {
  for (const name of readdirSync(path.join(root, directory)).sort()) {
    const relative = path.join(directory, name);
    const source = path.join(root, relative);
    if (ignore.completelyIgnores(source)) continue;
    const link = unfollowedLink(root, source, follow);
    const stat = link === undefined ? statSync(source) : undefined;
    if (stat?.isDirectory()) yield* filesBelow(root, relative, ignore, follow);
    else if ((link !== undefined || stat?.isFile()) && !ignore.ignores(source)) {
      yield {
        path: relative.replaceAll(path.sep, '/'),
        source,
        link: link?.replaceAll(path.sep, '/'),
        isExecutable: link === undefined ? isExecutable(source) : undefined,
      };
    }
  }
}

/** The target of a symbolic link that the CDK does not replace by the target. */
function unfollowedLink(root: string, source: string, follow: SymlinkFollowMode): string | undefined {
  if (follow === SymlinkFollowMode.ALWAYS || !lstatSync(source).isSymbolicLink()) return undefined;
  const link = readlinkSync(source);
  const target = path.resolve(path.dirname(source), link);
  const isInternal = target === root || target.startsWith(root + path.sep);
  const isFollowed =
    follow !== SymlinkFollowMode.NEVER &&
    isInternal === (follow === SymlinkFollowMode.BLOCK_EXTERNAL) &&
    existsSync(target);
  return isFollowed ? undefined : link;
}

function isExecutable(source: string): boolean {
  return (statSync(source).mode & 0o100) !== 0;
}

/** The identity of a file in an image: its path, its bytes, and whether its mode is unusual. Owner and time are not part of it. */
export function identityOfFile(file: StagedFile): string[] {
  if (file.link !== undefined) return [file.path, 'link', file.link];
  const { bytes, isProgram } = inspect(file);
  return [file.path, bytes(), unusualMode(file, isProgram)];
}

/**
 * The hash of what the asset hash of the CDK does not cover, so that a change of it is deployed: executable bits, line ends, and
 * characters that are not ASCII, which the CDK hashes after a lossy conversion. Undefined for files without a peculiarity, whose
 * hash is then the same as that of the CDK.
 *
 * @see docs/decisions/0010-what-identifies-an-image.md
 */
export function hashOfPeculiarities(files: StagedFile[]): string | undefined {
  const peculiarities = files
    .filter(({ link }) => link === undefined)
    .map((file) => {
      const { bytes, isProgram, isPlain } = inspect(file);
      return [file.path, isPlain ? '' : bytes(), unusualMode(file, isProgram)];
    })
    .filter(([, bytes, mode]) => bytes !== '' || mode !== '');
  return peculiarities.length === 0 ? undefined : sha256(JSON.stringify(peculiarities));
}

/**
 * A program is usually executable, and another file is not. Only a deviation is part of an identity, so that a checkout without
 * modes has the same identity as one with them.
 */
function unusualMode({ isExecutable }: StagedFile, isProgram: boolean): string {
  if (isExecutable === undefined || isExecutable === isProgram) return '';
  return isExecutable ? 'executable' : 'not executable';
}

interface Inspection {
  /** The hash of the bytes. That of a binary file, which can be large, is only computed if it is needed. */
  readonly bytes: () => string;

  /** Whether the file is a script with an interpreter or a program for Linux. */
  readonly isProgram: boolean;

  /** Whether the asset hash of the CDK tells each change of the bytes: for a binary file, and for ASCII text without `\r`. */
  readonly isPlain: boolean;

  /** Whether the name of the interpreter ends with `\r`, so that Linux does not find it. */
  readonly hasBrokenInterpreter: boolean;
}

/** The paths of the scripts whose first line ends as on Windows. Linux cannot run them. */
export function scriptsWithWindowsLineEnds(files: StagedFile[]): string[] {
  return files.filter((file) => file.link === undefined && inspect(file).hasBrokenInterpreter).map((file) => file.path);
}

/** The size of the part in which the CDK searches for a zero byte, which makes a file binary. */
const CHUNK = 8 * 1024;

/** The size of the parts in which a binary file is hashed. */
const BINARY_CHUNK = 1024 * 1024;

const inspections = new WeakMap<StagedFile, Inspection>();

function inspect(file: StagedFile): Inspection {
  const known = inspections.get(file) ?? inspectFile(file.source);
  inspections.set(file, known);
  return known;
}

function inspectFile(source: string): Inspection {
  const buffer = Buffer.alloc(CHUNK);
  const file = openSync(source, 'r');
  try {
    let chunk = nextChunk(file, buffer);
    const start = chunk.toString('latin1');
    const isProgram = start.startsWith('#!') || start.startsWith('\x7fELF');
    const hasBrokenInterpreter = /^#![^\n]*\r\n/.test(start);
    if (start.includes('\0')) {
      return { bytes: once(() => hashOfBytes(source)), isProgram, isPlain: true, hasBrokenInterpreter };
    }
    const hash = createHash('sha256');
    const convert = !isProgram && process.platform === 'win32' ? lineFeeds() : (text: string) => text;
    let isPlain = true;
    for (; chunk.length > 0; chunk = nextChunk(file, buffer)) {
      const text = convert(chunk.toString('latin1'));
      isPlain &&= !NOT_PLAIN.test(text);
      hash.update(text, 'latin1');
    }
    const bytes = hash.digest('hex');
    return { bytes: () => bytes, isProgram, isPlain, hasBrokenInterpreter };
  } finally {
    closeSync(file);
  }
}

function hashOfBytes(source: string): string {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(BINARY_CHUNK);
  const file = openSync(source, 'r');
  try {
    for (let chunk = nextChunk(file, buffer); chunk.length > 0; chunk = nextChunk(file, buffer)) hash.update(chunk);
    return hash.digest('hex');
  } finally {
    closeSync(file);
  }
}

/** A carriage return, or a byte that is not ASCII. */
const NOT_PLAIN = /[\r\u0080-\u00ff]/;

function nextChunk(file: number, buffer: Buffer): Buffer {
  return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, null));
}

/**
 * Replaces the line ends of consecutive parts of a text. Git for Windows converts the line ends of the files that it checks out, which
 * must not lead to another image on each machine. Programs are not converted, since Linux does not run those with such line ends.
 */
function lineFeeds(): (part: string) => string {
  let isAfterReturn = false;
  return (part) => {
    const text = `${isAfterReturn ? '\r' : ''}${part}`;
    isAfterReturn = text.endsWith('\r');
    return (isAfterReturn ? text.slice(0, -1) : text).replaceAll('\r\n', '\n');
  };
}
