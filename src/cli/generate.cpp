// pressmark completion, and the man page at build time: both drawn from the table of commands.
#include <algorithm>
#include <fmt/format.h>

#include "cli/common.h"
#include "core/try.h"

namespace pressmark::cli {
namespace {

// ---------------------------------------------------------------- words of options

bool is_positional(const OptionDoc& option) { return !option.names.starts_with('-'); }

std::vector<std::string> spellings(const OptionDoc& option) {
  std::vector<std::string> names;
  std::string_view rest = option.names;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    names.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return names;
}

// ---------------------------------------------------------------- man page

/// troff gives meaning to backslashes, to hyphens (which must stay ASCII) and to a leading dot or quote.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if (c == '\n')
      out += "\n.PP\n";
    else
      out += c;
  }
  for (std::size_t at = 0; (at = out.find("\n.PP\n\n.PP\n", at)) != std::string::npos;) out.replace(at, 10, "\n.PP\n");
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

std::string man_option(const OptionDoc& option) {
  std::vector<std::string> names;
  for (const std::string& name : spellings(option)) names.push_back(fmt::format("\\fB{}\\fR", roff(name)));
  const std::string value = option.value.empty() ? "" : fmt::format(" \\fI{}\\fR", roff(option.value));
  const std::string head = is_positional(option) ? fmt::format("\\fI{}\\fR", roff(option.value))
                                                 : fmt::format("{}{}", fmt::join(names, ", "), value);
  std::string help{option.help};
  if (!option.choices.empty()) help += fmt::format(" (one of {})", fmt::join(option.choices, ", "));
  return fmt::format(".TP\n{}\n{}\n", head, roff(help));
}

std::string man_usage(const CommandSpec& spec, std::string_view path) {
  std::string line = fmt::format("\\fB{}\\fR", path);
  for (const OptionDoc& option : spec.options)
    if (is_positional(option)) line += fmt::format(" [\\fI{}\\fR{}]", roff(option.value), option.repeats ? "..." : "");
  for (const OptionDoc& option : spec.options)
    if (!is_positional(option) && option.required)
      line += fmt::format(" \\fB{}\\fR \\fI{}\\fR", roff(spellings(option).front()), roff(option.value));
  return line + " [options]";
}

std::string man_command(const CommandSpec& spec, const std::string& parent) {
  const std::string path = fmt::format("{} {}", parent, spec.name);
  std::string text;
  if (spec.bind) {
    text += fmt::format(".SS {}\n{}\n", man_usage(spec, path), roff(spec.description));
    for (const OptionDoc& option : spec.options) text += man_option(option);
  }
  for (const CommandSpec& child : spec.children) text += man_command(child, path);
  return text;
}

// ---------------------------------------------------------------- completions

/// "rip", "sim new", ...: every path of words that names a command.
void paths_of(const CommandSpec& spec, const std::string& parent,
              std::vector<std::pair<std::string, const CommandSpec*>>& out) {
  const std::string path = parent.empty() ? std::string{spec.name} : fmt::format("{} {}", parent, spec.name);
  out.emplace_back(path, &spec);
  for (const CommandSpec& child : spec.children) paths_of(child, path, out);
}

std::vector<std::pair<std::string, const CommandSpec*>> all_paths() {
  std::vector<std::pair<std::string, const CommandSpec*>> paths;
  for (const CommandSpec& spec : commands())
    if (spec.name != "generate") paths_of(spec, "", paths);
  return paths;
}

std::string bash_completion() {
  std::string words, values;
  for (const auto& [path, spec] : all_paths()) {
    std::vector<std::string> names;
    for (const CommandSpec& child : spec->children) names.emplace_back(child.name);
    for (const OptionDoc& option : spec->options)
      if (!is_positional(option))
        for (const std::string& name : spellings(option)) names.push_back(name);
    words += fmt::format("    '{}') words='{} --help' ;;\n", path, fmt::join(names, " "));
    for (const OptionDoc& option : spec->options)
      if (!option.choices.empty())
        values +=
            fmt::format("    '{} {}') words='{}' ;;\n", path, spellings(option).back(), fmt::join(option.choices, " "));
  }
  std::vector<std::string_view> top;
  for (const CommandSpec& spec : commands())
    if (spec.name != "generate") top.push_back(spec.name);
  return fmt::format(R"(# bash completion for pressmark, made by `pressmark completion bash`
_pressmark() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} path= word words=
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case $word in -*) break ;; esac
    case "${{path:+$path }}$word" in {paths}) path="${{path:+$path }}$word" ;; *) break ;; esac
  done
  case "$path $previous" in
{values}  esac
  if [ -z "$words" ]; then case $path in
    '') words='{top} --help --version' ;;
{words}  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case $current in -*) ;; *) compopt -o default; COMPREPLY+=($(compgen -W "$(ls /dev/sr* 2>/dev/null) sim:demo" -- "$current")) ;; esac
}}
complete -F _pressmark pressmark
)",
                     fmt::arg("paths",
                              [] {
                                std::vector<std::string> quoted;
                                for (const auto& entry : all_paths()) quoted.push_back("'" + entry.first + "'");
                                return fmt::format("{}", fmt::join(quoted, "|"));
                              }()),
                     fmt::arg("values", values), fmt::arg("top", fmt::format("{}", fmt::join(top, " "))),
                     fmt::arg("words", words));
}

/// zsh and fish quote a single quote differently from each other; neither text holds one but in prose.
std::string without_quotes(std::string_view text, std::string_view forbidden) {
  std::string out{text};
  std::erase_if(out, [&](char c) { return forbidden.find(c) != std::string_view::npos; });
  return out;
}

std::string zsh_completion() {
  std::string text =
      "#compdef pressmark\n# zsh completion for pressmark, made by `pressmark completion zsh`\n_pressmark() {\n  local "
      "-a commands\n  commands=(\n";
  for (const CommandSpec& spec : commands())
    if (spec.name != "generate") text += fmt::format("    '{}:{}'\n", spec.name, without_quotes(spec.summary, "':"));
  text +=
      "  )\n  if (( CURRENT == 2 )); then _describe command commands; return; fi\n  case \"$words[2] $words[3]\" in\n";
  auto paths = all_paths();
  std::ranges::reverse(paths);  // longer paths first, so that "sim new" wins over "sim"
  for (const auto& [path, spec] : paths) {
    const bool nested = path.find(' ') != std::string::npos;
    text += fmt::format("    '{}'{}) _arguments", path + (nested ? "" : " "), nested ? "" : "*");
    for (const OptionDoc& option : spec->options) {
      if (is_positional(option)) continue;
      for (const std::string& name : spellings(option)) {
        const std::string value = option.value.empty() ? ""
                                  : !option.choices.empty()
                                      ? fmt::format(":{}:({})", option.value, fmt::join(option.choices, " "))
                                      : fmt::format(":{}:_files", option.value);
        text += fmt::format(" \\\n      '{}[{}]{}'", name, without_quotes(option.help, "'[]"), value);
      }
    }
    if (!spec->children.empty()) {
      std::vector<std::string_view> names;
      for (const CommandSpec& child : spec->children) names.push_back(child.name);
      text += fmt::format(" \\\n      '2:command:({})'", fmt::join(names, " "));
    }
    text += " \\\n      '*:source:_files' ;;\n";
  }
  return text + "  esac\n}\n_pressmark \"$@\"\n";
}

std::string fish_completion() {
  std::string text = "# fish completion for pressmark, made by `pressmark completion fish`\n";
  const auto out = std::back_inserter(text);
  for (const auto& [path, spec] : all_paths()) {
    const auto space = path.rfind(' ');
    const std::string condition =
        space == std::string::npos ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + path.substr(0, space);
    fmt::format_to(out, "complete -c pressmark -n '{}' -a {} -d '{}'\n", condition, spec->name,
                   without_quotes(spec->summary, "'"));
    for (const OptionDoc& option : spec->options) {
      if (is_positional(option)) continue;
      std::string flags;
      for (const std::string& name : spellings(option))
        flags += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2)) : fmt::format(" -s {}", name.substr(1));
      if (!option.choices.empty())
        flags += fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
      else if (!option.value.empty())
        flags += " -r";
      fmt::format_to(out, "complete -c pressmark -n '__fish_seen_subcommand_from {}'{} -d '{}'\n", spec->name, flags,
                     without_quotes(option.help, "'"));
    }
  }
  return text;
}

struct CompletionArgs {
  std::string shell;
};

int run_completion(const CompletionArgs& args) {
  print(args.shell == "bash" ? bash_completion() : args.shell == "zsh" ? zsh_completion() : fish_completion());
  return kAllGood;
}

struct GenerateArgs {
  std::string page;
};

/// Puts the commands into the hand-written page at the line "@COMMANDS@".
int run_generate(const GenerateArgs& args) {
  auto page = read_text(system_files(), args.page);
  if (!page) return report(page.error());
  std::string text;
  for (const CommandSpec& spec : commands())
    if (spec.name != "generate") text += man_command(spec, "pressmark");
  constexpr std::string_view kMark = "@COMMANDS@\n";
  const std::size_t at = page->find(kMark);
  if (at == std::string::npos)
    return report({.kind = ErrorKind::parse,
                   .tried = "fill in the man page",
                   .where = args.page,
                   .got = "it has no line @COMMANDS@"});
  page->replace(at, kMark.size(), text);
  print(*page);
  return kAllGood;
}

}  // namespace

CommandSpec completion_command() {
  return command<CompletionArgs>(
      "completion", "print the completions for a shell",
      "Prints a script that completes pressmark's commands and options; the package installs all three.",
      {{{.names = "shell",
         .value = "SHELL",
         .help = "bash, zsh or fish",
         .completes = Completes::choices,
         .choices = {"bash", "zsh", "fish"},
         .required = true},
        &CompletionArgs::shell}},
      run_completion);
}

CommandSpec generate_command() {
  return command<GenerateArgs>(
      "generate", "fill in the man page (used by the build)",
      "Replaces the line @COMMANDS@ of a man page by the table of commands.",
      {{{.names = "page", .value = "PAGE", .help = "the page to fill in", .required = true}, &GenerateArgs::page}},
      run_generate);
}

}  // namespace pressmark::cli
