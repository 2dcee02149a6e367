import {
  type ArtifactManifest,
  ArtifactMetadataEntryType,
  ArtifactType,
  type AssetManifest,
  type AssetManifestProperties,
  type AwsCloudFormationStackProperties,
  type DockerImageSource,
  Manifest,
  type MetadataEntry,
  type NestedCloudAssemblyProperties,
} from '@aws-cdk/cloud-assembly-schema';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';

/** An error that an app adds to a construct, and that keeps the CDK CLI from deploying its stack. */
export interface ErrorAnnotation {
  /** The construct path. */
  readonly path: string;
  readonly message: string;
}

/** A stack of a cloud assembly. */
export interface StackArtifact {
  /** The id of the artifact, which is unique in its assembly. */
  readonly id: string;
  readonly stackName: string;

  /** The construct path of the stack, which contains the stages of the stack. */
  readonly path: string;

  /** `aws://account/region`, each possibly unknown. */
  readonly environment?: string;
  readonly templateFile: string;

  /** Construct paths by logical id. */
  readonly paths: ReadonlyMap<string, string>;
  readonly errors: ErrorAnnotation[];
}

/** The contents of a cloud assembly, including nested assemblies. */
export interface Artifacts {
  readonly stacks: StackArtifact[];

  /** Image assets by hash, with absolute directories. */
  readonly images: ReadonlyMap<string, DockerImageSource>;

  /** Absolute paths of file assets by S3 object key. */
  readonly files: ReadonlyMap<string, string>;
}

export function readArtifacts(directory: string): Artifacts {
  const stacks: StackArtifact[] = [];
  const images = new Map<string, DockerImageSource>();
  const files = new Map<string, string>();
  for (const [id, artifact] of artifactsIn(directory)) {
    if (artifact.type === ArtifactType.NESTED_CLOUD_ASSEMBLY) {
      const { directoryName } = artifact.properties as NestedCloudAssemblyProperties;
      const nested = readArtifacts(path.join(directory, directoryName));
      stacks.push(...nested.stacks);
      nested.images.forEach((image, hash) => images.set(hash, image));
      nested.files.forEach((file, key) => files.set(key, file));
    }
    if (artifact.type === ArtifactType.AWS_CLOUDFORMATION_STACK) stacks.push(stackOf(directory, id, artifact));
    if (artifact.type === ArtifactType.ASSET_MANIFEST) {
      const { file } = artifact.properties as AssetManifestProperties;
      const manifest = readJson<AssetManifest>(path.join(directory, file));
      imagesOf(directory, manifest).forEach(([hash, image]) => images.set(hash, image));
      filesOf(directory, manifest).forEach(([key, asset]) => files.set(key, asset));
    }
  }
  return { stacks, images, files };
}

/** The artifacts of one manifest. An app may be synthesized by a newer CDK than this schema. */
function artifactsIn(directory: string): [string, ArtifactManifest][] {
  const file = path.join(directory, 'manifest.json');
  if (!existsSync(file)) {
    throw new Error(`"${file}" does not exist: pass the output directory of \`cdk synth\`, such as cdk.out.`);
  }
  const manifest = Manifest.loadAssemblyManifest(file, { skipVersionCheck: true, skipEnumCheck: true });
  return Object.entries(manifest.artifacts ?? {});
}

function stackOf(directory: string, id: string, artifact: ArtifactManifest): StackArtifact {
  const { templateFile, stackName = id } = artifact.properties as AwsCloudFormationStackProperties;
  const { metadata = {}, additionalMetadataFile: file } = artifact;
  const additional = file === undefined ? {} : readJson<typeof metadata>(path.join(directory, file));
  const entries = [metadata, additional].flatMap((one) => Object.entries(one));
  return {
    id,
    stackName,
    path: artifact.displayName ?? id,
    environment: artifact.environment,
    templateFile: path.join(directory, templateFile),
    paths: new Map(dataIn(entries, ArtifactMetadataEntryType.LOGICAL_ID).map(({ path: one, data }) => [data, one])),
    errors: dataIn(entries, ArtifactMetadataEntryType.ERROR).map(({ path: one, data }) => ({
      path: one.replace(/^\//, ''),
      message: data,
    })),
  };
}

/** The texts of a type in the metadata of constructs. */
function dataIn(
  metadata: [string, MetadataEntry[]][],
  type: ArtifactMetadataEntryType,
): { readonly path: string; readonly data: string }[] {
  return metadata.flatMap(([constructPath, entries]) =>
    entries.flatMap((entry) =>
      entry.type === String(type) && typeof entry.data === 'string' ? [{ path: constructPath, data: entry.data }] : [],
    ),
  );
}

function imagesOf(directory: string, { dockerImages = {} }: AssetManifest): [string, DockerImageSource][] {
  return Object.entries(dockerImages).map(([hash, { source }]) => {
    const absolute = source.directory === undefined ? undefined : path.resolve(directory, source.directory);
    return [hash, { ...source, directory: absolute }];
  });
}

function filesOf(directory: string, { files = {} }: AssetManifest): [string, string][] {
  return Object.values(files).flatMap(({ source, destinations }) => {
    const { path: file } = source;
    if (file === undefined) return [];
    return Object.values(destinations).map(({ objectKey }): [string, string] => [
      objectKey,
      path.resolve(directory, file),
    ]);
  });
}

/** `Manifest.loadAssetManifest` would refuse the asset manifest of a newer CDK. */
export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
