import type { AccessTable } from '../access';
import type { Context } from '../context';
import type { PutEventsEntry } from './operations';

export function eventsAccess(context: Pick<Context, 'arn'>): AccessTable {
  return {
    PutEvents: ({ Entries: entries = [] }: { readonly Entries?: PutEventsEntry[] }) =>
      entries.map(({ EventBusName = 'default', Source, DetailType }) => ({
        action: 'events:PutEvents',
        resource: EventBusName.startsWith('arn:') ? EventBusName : context.arn('events', `event-bus/${EventBusName}`),
        keys: { 'events:source': Source, 'events:detail-type': DetailType },
      })),
  };
}
