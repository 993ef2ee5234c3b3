const SCRIPT_GROUPS = ["console_scripts", "gui_scripts"];

/**
 * The scripts that an installer makes from `entry_points.txt` (PyPA "Entry points specification"): name to
 * `module:function`. A line that is not of that form is left out, as pip does.
 */
export function parseScripts(text: string): Record<string, string> {
  const scripts: Record<string, string> = {};
  let group = "";
  for (const line of text.split(/\r?\n/).map((raw) => raw.trim())) {
    const header = /^\[(.*)\]$/.exec(line)?.[1];
    if (header !== undefined) group = header.trim();
    else if (SCRIPT_GROUPS.includes(group) && !/^[#;]/.test(line)) {
      const [name = "", ...rest] = line.split("=");
      const match = /^([\w.]+)\s*:\s*([\w.]+)\s*(?:\[.*\])?$/.exec(rest.join("=").trim());
      if (name.trim() !== "" && match !== null) scripts[name.trim()] = `${match[1]}:${match[2]}`;
    }
  }
  return Object.fromEntries(Object.entries(scripts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
