import type { InputMode, TrainingRequest } from '../../../container';
import type { ChannelSpecification } from '../../core/specification';

export function uses({ inputMode = 'File' }: ChannelSpecification, mode: InputMode): boolean {
  return inputMode === mode;
}

/** Whether a channel uses a mode, or the algorithm declares it for the channel. */
export function supports(channel: ChannelSpecification, mode: InputMode): boolean {
  return uses(channel, mode) || (channel.supportedModes ?? []).includes(mode);
}

/** Changes the mode of all channels that use `from`. `File` is only changed to a mode that the algorithm declares. */
export function inMode(from: InputMode, to: InputMode): (request: TrainingRequest) => TrainingRequest {
  return (request) => ({
    ...request,
    channels: request.channels?.map((channel: ChannelSpecification) =>
      uses(channel, from) && (from !== 'File' || supports(channel, to)) ? { ...channel, inputMode: to } : channel,
    ),
  });
}
