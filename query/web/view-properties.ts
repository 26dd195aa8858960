// What a view is given.

/** What a view is shown for. */
export interface ViewProperties {
  readonly address: URL;
}
