// What went wrong, and what to do.
import { sendToken, type RequestProblem } from './api.ts';
import { ask, asked, begin } from './state.ts';

/** A problem of the last request. */
export function ProblemCard({ problem }: { problem: RequestProblem }) {
  return (
    <section class="card problem" role="alert">
      <h1>{problem.message}</h1>
      <p>{problem.remedy}</p>
      {problem.code === 'UNFOLD_TOKEN_MISSING' && <TokenForm />}
      <code>{problem.code}</code>
    </section>
  );
}

/** Asks for a token, and asks again with it. */
function TokenForm() {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const token = new FormData(event.currentTarget as HTMLFormElement).get('token');
    if (typeof token !== 'string' || token.trim() === '') return;
    sendToken(token.trim());
    void begin();
    void ask(asked.value);
  };
  return (
    <form class="token" onSubmit={submit}>
      <input type="password" name="token" aria-label="Token" placeholder="unfold_…" autocomplete="off" />
      <button type="submit">Use this token</button>
    </form>
  );
}
