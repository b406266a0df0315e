// Apart from the chart, whose script and the drawing of the plot both need it.

/** One line of a chart, with its own colour, dashes and name. */
export interface Line {
  name: string;
  values: readonly (number | null)[];
  colour: 'light' | 'ink' | 'quiet' | 'bad';
  /** Lengths of dash and gap in px; a solid line has none. */
  dash?: readonly number[];
}
