import type { Context } from '../context';
import type { PolicyDocument, ResourcePolicies } from '../iam';
import { type ResourceState, type ResourceTypes, generatedName } from '../resource-type';
import type { Repositories } from './store';

type Properties = Record<string, unknown>;

export function ecrResourceTypes(
  context: Context,
  repositories: Repositories,
  policies: ResourcePolicies,
): ResourceTypes {
  const put = (name: string, { RepositoryPolicyText: document }: Properties): ResourceState => {
    const arn = context.arn('ecr', `repository/${name}`);
    if (document === undefined) policies.delete(arn);
    else policies.put(arn, arn, ofRepository(document as PolicyDocument));
    return { physicalId: name, attributes: { Arn: arn, RepositoryUri: `${context.registry}${name}` } };
  };
  return {
    'AWS::ECR::Repository': {
      create: (request) => {
        const { RepositoryName: name = generatedName(request).toLowerCase() } = request.properties;
        if (repositories.has(String(name)))
          return Promise.reject(new Error(`The repository ${String(name)} already exists.`));
        repositories.create(String(name));
        request.onCreated(String(name));
        return Promise.resolve(put(String(name), request.properties));
      },
      update: ({ physicalId, properties: before }, { properties }) =>
        Promise.resolve(properties.RepositoryName === before.RepositoryName ? put(physicalId, properties) : undefined),
      delete: ({ physicalId, properties }) => {
        const isEmptied = String(properties.EmptyOnDelete) === 'true';
        if (!isEmptied && repositories.imagesOf(physicalId).length > 0) {
          return Promise.reject(
            new Error(`The repository ${physicalId} cannot be deleted because it still contains images.`),
          );
        }
        repositories.delete(physicalId);
        put(physicalId, {});
        return Promise.resolve();
      },
    },
  };
}

/** The statements of the policy of a repository have no resource: they apply to the repository. */
function ofRepository({ Statement, ...document }: PolicyDocument): PolicyDocument {
  return { ...document, Statement: [Statement].flat().map((one) => ({ ...one, Resource: '*' })) };
}
