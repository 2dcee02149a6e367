import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import { coerceRequest, validateRequest } from '../../aws-model/request-validation';
import { type ResourceRequest, type ResourceState, type ResourceTypes, generatedName } from '../resource-type';
import type { Wire } from '../wire/record';
import type { Alarms } from './alarms';
import { putMetricAlarm } from './operations';

const MAX_NAME_LENGTH = 255;

/** The properties of an alarm have the names of PutMetricAlarm, so that they are passed to it unchanged. */
export function cloudWatchResourceTypes(alarms: Alarms): ResourceTypes {
  const put = (AlarmName: string, { properties }: ResourceRequest): ResourceState => {
    const input = coerceRequest('PutMetricAlarm', { ...properties, AlarmName }) as Wire<PutMetricAlarmInput>;
    validateRequest('PutMetricAlarm', input);
    putMetricAlarm(alarms, input);
    return { physicalId: AlarmName, attributes: { Arn: alarms.find(AlarmName)?.AlarmArn } };
  };
  return {
    'AWS::CloudWatch::Alarm': {
      create: (request) => {
        const { AlarmName = generatedName(request, MAX_NAME_LENGTH) } = request.properties;
        return Promise.resolve(put(String(AlarmName), request));
      },
      update: (current, request) =>
        Promise.resolve(
          request.properties.AlarmName === current.properties.AlarmName ? put(current.physicalId, request) : undefined,
        ),
      delete: ({ physicalId }) => Promise.resolve(alarms.delete(physicalId)),
    },
  };
}
