import { ServiceError } from '../../aws-model/service-error';
import type { Template } from '../../aws-model/template';
import type { Parameters } from '../wire/query';

const CAPABILITIES = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];

/** The resource types that change permissions, and the properties with their names. */
const IAM_TYPES: Record<string, string> = {
  'AWS::IAM::AccessKey': '',
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Policy': '',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
  'AWS::IAM::UserToGroupAddition': '',
};

/** The capabilities of a request, which must include those that the template requires, in every update too. */
export function capabilitiesIn(request: Parameters, template: Template): string[] {
  const given = request.list('Capabilities');
  const unknown = given.find((capability) => !CAPABILITIES.includes(capability));
  if (unknown !== undefined) {
    throw new ServiceError(
      'ValidationError',
      `1 validation error detected: Value '[${unknown}]' at 'capabilities' failed to satisfy constraint: Member must satisfy enum value set: [${CAPABILITIES.join(', ')}]`,
    );
  }
  const iam = Object.values(template.Resources).filter(({ Type }) => Object.hasOwn(IAM_TYPES, Type));
  const isNamed = iam.some(({ Type, Properties = {} }) => Properties[IAM_TYPES[Type]] !== undefined);
  const accepted = isNamed ? ['CAPABILITY_NAMED_IAM'] : ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'];
  if (iam.length > 0 && !accepted.some((capability) => given.includes(capability))) {
    throw new ServiceError('InsufficientCapabilitiesException', `Requires capabilities : [${accepted[0]}]`);
  }
  return given;
}
