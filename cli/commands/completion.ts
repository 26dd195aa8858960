// unfold completion: scripts for bash, zsh and fish, made of the commands themselves.
import { Argument, type Command } from 'commander';
import { print } from '../terminal.ts';
import { examples, type Finish } from './help.ts';

/** A command as a completion script needs it. */
interface Completed {
  /** Words after `unfold`, e.g. `frame show`. */
  path: string;
  /** Subcommands, options and fixed arguments that may follow, with what they are for. */
  words: { word: string; about: string }[];
}

type Shell = 'bash' | 'zsh' | 'fish';

/** Adds the command. */
export function addCompletionCommand(root: Command, finish: Finish): void {
  root
    .command('completion')
    .summary('print a shell completion script')
    .description('Prints a script that completes commands and options in a shell.')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      examples(
        'source <(unfold completion bash)',
        'unfold completion zsh > "${fpath[1]}/_unfold"',
        'unfold completion fish > ~/.config/fish/completions/unfold.fish',
      ),
    )
    .action((shell: Shell) => {
      print(completionScript(shell, root));
      finish(0);
    });
}

/** The script for one shell. */
function completionScript(shell: Shell, root: Command): string {
  const commands = completed(root, '');
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
  }
}

function completed(command: Command, path: string): Completed[] {
  const subcommands = command.commands.map((sub) => ({
    word: sub.name(),
    about: sub.summary() || sub.description(),
  }));
  const options = command
    .createHelp()
    .visibleOptions(command)
    .concat(path === '' ? [] : command.createHelp().visibleGlobalOptions(command))
    .flatMap(({ long, description }) => (long ? [{ word: long, about: description }] : []));
  const choices = command.registeredArguments.flatMap(
    ({ argChoices, description }) => argChoices?.map((word) => ({ word, about: description })) ?? [],
  );
  return [
    { path, words: [...subcommands, ...choices, ...options] },
    ...command.commands.flatMap((sub) => completed(sub, `${path} ${sub.name()}`.trim())),
  ];
}

function bash(commands: readonly Completed[]): string {
  const cases = commands.map(
    ({ path, words }) => `    ${quoted(path)}) words=${quoted(words.map(({ word }) => word).join(' '))} ;;`,
  );
  return `# bash completion for unfold
_unfold() {
  local current=\${COMP_WORDS[COMP_CWORD]} path='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
${prefixes(commands)
  .map((path) => `      ${quoted(path)}) path=${quoted(path.trim())} ;;`)
  .join('\n')}
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _unfold unfold
`;
}

/** \`PATH SUBCOMMAND\` for every step from a command to the next. */
function prefixes(commands: readonly Completed[]): string[] {
  return commands
    .filter(({ path }) => path !== '')
    .map(({ path }) => (path.includes(' ') ? path : ` ${path}`));
}

function zsh(commands: readonly Completed[]): string {
  const cases = commands.map(({ path, words }) => {
    const entries = words.map(({ word, about }) => `      ${quoted(`${word}:${about}`)}`);
    return `    ${quoted(path)}) entries=(\n${entries.join('\n')}\n    ) ;;`;
  });
  return `#compdef unfold
# zsh completion for unfold
_unfold() {
  local path_='' word
  local -a entries
  for word in "\${words[@]:1:CURRENT-2}"; do
    case "$path_ $word" in
${prefixes(commands)
  .map((path) => `      ${quoted(path)}) path_=${quoted(path.trim())} ;;`)
  .join('\n')}
    esac
  done
  case "$path_" in
${cases.join('\n')}
  esac
  _describe unfold entries || _files
}
compdef _unfold unfold
`;
}

function fish(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ path, words }) => {
    const names =
      path === '' ? commands.flatMap((command) => (command.path === '' ? [] : [command.path])) : [];
    const condition =
      path === ''
        ? `not __fish_seen_subcommand_from ${names.map((name) => name.split(' ')[0]).join(' ')}`
        : path
            .split(' ')
            .map((name) => `__fish_seen_subcommand_from ${name}`)
            .join('; and ');
    return words.map(({ word, about }) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${quoted(word)}`;
      return `complete -c unfold -n ${quoted(condition)} ${what} -d ${quoted(about)}`;
    });
  });
  return `# fish completion for unfold\n${lines.join('\n')}\n`;
}

/** A word in single quotes, for any of the shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
