// Replaces the event streams of the SDK in the bundles of the handlers, none of which sends or receives one.
export const resolveEventStreamSerdeConfig = (config) => config;
export const eventStreamSerdeProvider = undefined;

export class EventStreamSerde {
  constructor() {
    throw new Error('The bundles of the handlers contain no event streams: scripts/no-event-streams.mjs.');
  }
}
