import { readFileSync } from 'node:fs';
import type { Buckets } from '../s3/store';
import { validationError } from '../wire/service-error';
import { s3Uri } from '../../aws-model/s3-uri';

/** An object of a data set: its name there, and the file that it is on this machine. */
export interface DataObject {
  readonly name: string;
  readonly file: string;
}

interface Source {
  readonly S3DataType?: string;
  readonly S3Uri?: string;
}

/** The objects that a source of data names, in their order. */
export function objectsOf(s3: Buckets, { S3DataType, S3Uri = '' }: Source): DataObject[] {
  const objects = S3DataType === 'ManifestFile' ? listed(s3, S3Uri) : below(s3, S3Uri);
  if (objects.length === 0) {
    throw validationError(`No S3 objects found under S3 URL "${S3Uri}" given in input data source.`);
  }
  return objects;
}

/** The lines of a manifest whose entries are JSON objects. */
export function augmentedLines(s3: Buckets, uri = ''): Record<string, unknown>[] {
  const lines = textOf(s3, uri)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line) => parsed(line, uri) as Record<string, unknown>);
}

function below(s3: Buckets, uri: string): DataObject[] {
  const { bucket, key: prefix } = s3Uri(uri);
  const keys = s3.hasBucket(bucket) ? s3.keys(bucket, prefix) : [];
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  return keys.map((key) => ({ name: key.slice(folder.length), file: s3.file(bucket, key) }));
}

/** A manifest is a list whose first entry says what the names after it are relative to. */
function listed(s3: Buckets, uri: string): DataObject[] {
  const [head, ...names] = parsed(textOf(s3, uri), uri) as [{ prefix?: string }, ...string[]];
  if (head?.prefix === undefined) {
    throw validationError(`The manifest ${uri} must be a list that starts with {"prefix": "s3://…"}.`);
  }
  return names.map((name) => {
    const { bucket, key } = s3Uri(`${head.prefix}${name}`);
    return { name, file: s3.file(bucket, key) };
  });
}

function textOf(s3: Buckets, uri: string): string {
  const { bucket, key } = s3Uri(uri);
  const isThere = s3.hasBucket(bucket) && s3.hasObject(bucket, key);
  if (!isThere) throw validationError(`There is no manifest ${uri}.`);
  return readFileSync(s3.file(bucket, key), 'utf8');
}

function parsed(text: string, uri: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw validationError(`The manifest ${uri} is not JSON: ${(error as Error).message}`);
  }
}
