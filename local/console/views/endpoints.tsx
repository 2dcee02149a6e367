import type { ListEndpointsOutput } from '@aws-sdk/client-sagemaker';
import type { JSX } from 'preact';
import type { Wire } from '../../services/wire/record';
import { call } from '../aws';
import { Page } from '../page';
import { Polled } from '../polled';
import { link } from '../route';
import { Status } from '../status';
import { Table } from '../table';
import { Time } from '../time';

/** The latest endpoints. */
export function Endpoints(): JSX.Element {
  const input = { MaxResults: 100, SortBy: 'CreationTime', SortOrder: 'Descending' };
  const load = (): Promise<Wire<ListEndpointsOutput>> => call('sagemaker', 'ListEndpoints', input);
  return (
    <Page title="Endpoints">
      <Polled load={load}>
        {({ Endpoints: endpoints = [] }) => (
          <Table
            name="Endpoints"
            rows={endpoints}
            empty="There are no endpoints."
            columns={[
              { title: 'Name', of: ({ EndpointName: name = '' }) => <a href={link('endpoints', name)}>{name}</a> },
              { title: 'Status', of: ({ EndpointStatus }) => <Status of={EndpointStatus} /> },
              { title: 'Created', of: ({ CreationTime }) => <Time of={CreationTime} />, isExtra: true },
              { title: 'Modified', of: ({ LastModifiedTime }) => <Time of={LastModifiedTime} />, isExtra: true },
            ]}
          />
        )}
      </Polled>
    </Page>
  );
}
