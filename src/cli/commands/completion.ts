import { AppError } from "../../errors/app-error.ts";
import { defineCommand } from "../command.ts";
import { renderBashCompletion } from "../completion/bash.ts";
import { renderFishCompletion } from "../completion/fish.ts";
import { renderZshCompletion } from "../completion/zsh.ts";
import { commandRecords } from "./registry.ts";

const SHELLS = { bash: renderBashCompletion, zsh: renderZshCompletion, fish: renderFishCompletion };

export const completionCommand = defineCommand(
  {
    name: "completion",
    summary: "print a completion script for a shell",
    details: ["The script is made from the same table as this help, so it knows every command and option."],
    positionals: [{ name: "shell", help: "bash, zsh or fish", arity: "one", is: ["bash", "zsh", "fish"] }],
    options: {},
    examples: [
      { line: "holdall completion bash > ~/.local/share/bash-completion/completions/holdall", help: "bash" },
      { line: "holdall completion zsh > ~/.zfunc/_holdall", help: "zsh, with ~/.zfunc on fpath" },
      { line: "holdall completion fish > ~/.config/fish/completions/holdall.fish", help: "fish" },
    ],
  },
  async ({ shell }): Promise<string> => {
    const render = Object.entries(SHELLS).find(([name]) => name === shell)?.[1];
    if (render) return render(commandRecords());
    throw new AppError({
      code: "usage_wrong",
      message: `cannot print a completion script: ${shell} is none of ${Object.keys(SHELLS).join(", ")}`,
      hint: "`holdall help completion` shows where each of them goes.",
      details: { shell },
    });
  },
);
