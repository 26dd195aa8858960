// What is known of something, by name; what is not known is left out.

/** The properties of the list. */
interface PairsProperties {
  readonly rows: readonly (readonly [string, string | undefined])[];
  readonly class?: string;
}

/** The list. */
export function Pairs({ rows, class: name = '' }: PairsProperties) {
  return (
    <dl class={`pairs ${name}`}>
      {rows.map(([term, value]) =>
        value === undefined ? null : (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
