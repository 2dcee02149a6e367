import { readFileSync } from 'node:fs';
import { parseS3Uri } from '../../../aws-model/s3-uri';
import { validationError } from '../../../aws-model/service-error';
import type { BucketsOfRole } from '../../s3';

/** An object of a data set: its name in the data set, and its file on this machine. */
export interface DataObject {
  readonly name: string;
  readonly file: string;
}

interface Source {
  readonly S3DataType?: string;
  readonly S3Uri?: string;
}

/** The objects of a data source, in order. */
export function objectsOf(s3: BucketsOfRole, { S3DataType, S3Uri = '' }: Source): DataObject[] {
  const objects = S3DataType === 'ManifestFile' ? inManifest(s3, S3Uri) : withPrefix(s3, S3Uri);
  if (objects.length === 0) {
    throw validationError(`No S3 objects found under S3 URL "${S3Uri}" given in input data source.`);
  }
  return objects;
}

/** The S3 URI to which the names of the objects of a data source are relative. */
export function folderOf(s3: BucketsOfRole, { S3DataType, S3Uri = '' }: Source): string {
  if (S3DataType === 'ManifestFile') return manifestIn(s3, S3Uri).prefix;
  const { bucket, key } = parseS3Uri(S3Uri);
  return `s3://${bucket}/${folderIn(keysOf(s3, bucket, key), key)}`;
}

/** The lines of an augmented manifest. */
export function augmentedLines(s3: BucketsOfRole, uri = ''): Record<string, unknown>[] {
  const lines = textOf(s3, uri)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line) => parsed(line, uri) as Record<string, unknown>);
}

function withPrefix(s3: BucketsOfRole, uri: string): DataObject[] {
  const { bucket, key: prefix } = parseS3Uri(uri);
  const keys = keysOf(s3, bucket, prefix);
  const folder = folderIn(keys, prefix);
  return keys.map((key) => ({ name: key.slice(folder.length), file: s3.file(bucket, key) }));
}

function keysOf(s3: BucketsOfRole, bucket: string, prefix: string): string[] {
  // An object whose key ends with a slash is the mark of a folder, and not a file of the data set.
  return s3.hasBucket(bucket) ? s3.keys(bucket, prefix).filter((key) => !key.endsWith('/')) : [];
}

/** The part of a prefix that is not in the names of the files: all of it if it is a folder, also without its last slash. */
function folderIn(keys: string[], prefix: string): string {
  const folder = `${prefix}/`;
  if (keys.length > 0 && keys.every((key) => key.startsWith(folder))) return folder;
  return prefix.slice(0, prefix.lastIndexOf('/') + 1);
}

function inManifest(s3: BucketsOfRole, uri: string): DataObject[] {
  const { prefix, names } = manifestIn(s3, uri);
  return names.map((name) => {
    const { bucket, key } = parseS3Uri(`${prefix}${name}`);
    return { name, file: s3.file(bucket, key) };
  });
}

/** A manifest: a list of names, of which the first item is their common prefix. */
function manifestIn(s3: BucketsOfRole, uri: string): { readonly prefix: string; readonly names: string[] } {
  const [head, ...names] = parsed(textOf(s3, uri), uri) as [{ prefix?: string }, ...string[]];
  if (head?.prefix === undefined) {
    throw validationError(`The manifest ${uri} must be a list that starts with {"prefix": "s3://…"}.`);
  }
  return { prefix: head.prefix, names };
}

function textOf(s3: BucketsOfRole, uri: string): string {
  const { bucket, key } = parseS3Uri(uri);
  const exists = s3.hasBucket(bucket) && s3.hasObject(bucket, key);
  if (!exists) throw validationError(`The manifest ${uri} does not exist.`);
  return readFileSync(s3.file(bucket, key), 'utf8');
}

function parsed(text: string, uri: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw validationError(`The manifest ${uri} is not valid JSON: ${(error as Error).message}`);
  }
}
