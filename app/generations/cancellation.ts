/**
 * What stopping a film's tries came to. `sent`: how many of the canceled ones had left for the film service, which is
 * asked to stop. `tooLate`: how many had ended in the meantime. `credits` are back.
 */
export interface Stopped {
  outcome: 'canceled';
  canceled: number;
  sent: number;
  tooLate: number;
  credits: number;
}
