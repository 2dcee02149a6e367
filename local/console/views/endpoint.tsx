import type {
  DescribeEndpointOutput,
  PendingProductionVariantSummary,
  ProductionVariantSummary,
} from '@aws-sdk/client-sagemaker';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Wire } from '../../services/wire/record';
import { call } from '../aws';
import { Facts } from '../facts';
import { InvocationForm } from '../invocation-form';
import { Log } from '../log';
import { LogReader } from '../log-reader';
import { Page } from '../page';
import { Polled } from '../polled';
import { link } from '../route';
import { Status } from '../status';
import { Table } from '../table';
import { Time } from '../time';

type Endpoint = Wire<DescribeEndpointOutput>;

/** An endpoint: its variants, an update in progress, a form that invokes it, and its log. */
export function Endpoint({ path: [name = ''] }: { readonly path: readonly string[] }): JSX.Element {
  const [reader] = useState(() => new LogReader(`/aws/sagemaker/Endpoints/${name}`));
  const describe = (): Promise<Endpoint> => call('sagemaker', 'DescribeEndpoint', { EndpointName: name });
  return (
    <Page title={name} parent={[link('endpoints'), 'Endpoints']}>
      <Polled load={() => Promise.all([describe(), reader.read()])}>
        {([endpoint, lines]) => (
          <>
            <Facts
              of={{
                Status: <Status of={endpoint.EndpointStatus} />,
                Reason: endpoint.FailureReason,
                Configuration: endpoint.EndpointConfigName,
                Modified: <Time of={endpoint.LastModifiedTime} />,
              }}
              all={endpoint}
            />
            <Update endpoint={endpoint} />
            <h2>Variants</h2>
            <Variants name="Variants" variants={variantsOf(endpoint)} />
            <h2>Invoke</h2>
            <InvocationForm endpoint={name} isAsync={endpoint.AsyncInferenceConfig !== undefined} />
            <h2>Log</h2>
            <Log lines={lines} />
          </>
        )}
      </Polled>
    </Page>
  );
}

/** The update in progress, and its variants. */
function Update({
  endpoint: { PendingDeploymentSummary: update },
}: {
  readonly endpoint: Endpoint;
}): JSX.Element | null {
  if (update === undefined) return null;
  return (
    <>
      <h2>Update in progress</h2>
      <Facts
        of={{
          'New configuration': update.EndpointConfigName,
          Stage: <Status of={update.ProductionVariants?.[0]?.VariantStatus?.[0]?.Status ?? 'Updating'} />,
          Started: <Time of={update.StartTime} />,
        }}
      />
      <Variants name="Variants of the update" variants={variantsOf(update)} />
    </>
  );
}

type Summary = Wire<ProductionVariantSummary> | Wire<PendingProductionVariantSummary>;
type Variant = Summary & { readonly isShadow: boolean };

interface WithVariants {
  readonly ProductionVariants?: readonly Summary[];
  readonly ShadowProductionVariants?: readonly Summary[];
}

function variantsOf({ ProductionVariants = [], ShadowProductionVariants: shadows = [] }: WithVariants): Variant[] {
  return [
    ...ProductionVariants.map((variant) => ({ ...variant, isShadow: false })),
    ...shadows.map((variant) => ({ ...variant, isShadow: true })),
  ];
}

function Variants({ name, variants }: { readonly name: string; readonly variants: readonly Variant[] }): JSX.Element {
  return (
    <Table
      name={name}
      rows={variants}
      empty="The endpoint has no variants yet."
      columns={[
        { title: 'Name', of: ({ VariantName, isShadow }) => (isShadow ? `${VariantName} (shadow)` : VariantName) },
        { title: 'Weight', of: ({ CurrentWeight, DesiredWeight }) => change(CurrentWeight, DesiredWeight) },
        {
          title: 'Instances',
          of: ({ CurrentInstanceCount, DesiredInstanceCount }) => change(CurrentInstanceCount, DesiredInstanceCount),
        },
        {
          title: 'Images',
          of: ({ DeployedImages = [] }) => DeployedImages.map(({ SpecifiedImage }) => SpecifiedImage).join(', '),
          isExtra: true,
        },
      ]}
    />
  );
}

/** The current value, and the desired one if it is another. */
function change(current?: number, desired = current): string {
  if (current === undefined) return String(desired ?? '');
  return current === desired ? String(current) : `${current} → ${desired}`;
}
