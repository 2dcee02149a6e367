import { once } from '../private/once';
import data from './image-uris.json';

/** The URI of an image in a private Amazon ECR repository. */
const ECR_URI =
  /^(?<host>(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.[a-z0-9.]+)\/(?<repository>[^:@]+)(?::(?<tag>[^@]+))?(?:@(?<digest>.+))?$/;

/** The parts of the URI of an image in a private Amazon ECR repository. */
export interface UriParts {
  readonly host: string;
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** The accounts of all registries of AWS, in all regions. The table is large, so it is only loaded when it is used. */
const accounts = once(
  () => new Set((data.accounts as { [region: string]: string }[]).flatMap((ofRegions) => Object.values(ofRegions))),
);

/** The repositories of the images that AWS provides for SageMaker. */
const repositories = once(
  () =>
    new Set(
      Object.values(data.families).flatMap((family) =>
        Object.values(family as { [purpose: string]: { images: { repository: string }[] } }).flatMap(({ images }) =>
          images.map(({ repository }) => repository),
        ),
      ),
    ),
);

/** The parts of an image URI. Empty if the image is not in a private Amazon ECR repository, or if the URI is a token. */
export function partsOfUri(imageUri: string): Partial<UriParts> {
  return ECR_URI.exec(imageUri)?.groups ?? {};
}

/** Whether an image is one that AWS provides for SageMaker, in a registry of AWS. */
export function isProvidedByAws({ account = '', repository = '' }: Partial<UriParts>): boolean {
  return accounts().has(account) && repositories().has(repository);
}
