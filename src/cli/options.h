// One table of options feeds the parser, --help, the man page and the shell completions.
//
// A subcommand describes itself by a CommandSpec: words, positionals, option rows bound to members of its own struct of
// arguments, and the function that runs it.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pressmark::cli {

struct Range {
  std::uint64_t least = 0, most = 0;
};

/// How a value is completed by a shell.
enum class Completes : std::uint8_t { nothing, file, source, choices };

/// What help, man page and completion need to know of an option or positional.
struct OptionDoc {
  std::string_view names;  ///< "-o,--output", or "SOURCE" for a positional
  std::string_view value;  ///< "NAME"; empty for a flag
  std::string_view help;
  Completes completes = Completes::nothing;
  std::vector<std::string_view> choices;
  bool required = false;
  bool repeats = false;
};

/// A row of a table: the words, and the member of `Args` that takes the value.
template <class Args>
struct OptionRow {
  using Field =
      std::variant<bool Args::*, std::string Args::*, std::optional<std::string> Args::*,
                   std::vector<std::string> Args::*, std::uint64_t Args::*, std::optional<std::uint64_t> Args::*>;
  OptionDoc doc;
  Field field;
  std::optional<Range> range = std::nullopt;
};

struct CommandSpec {
  std::string_view name;
  std::string_view summary;      ///< one line
  std::string_view description;  ///< paragraphs for --help and the man page
  std::vector<OptionDoc> options;
  std::vector<CommandSpec> children;
  /// Adds options to the parser and returns what to run once it has parsed; the exit code comes back.
  std::function<std::function<int()>(CLI::App&)> attach;
};

template <class Args>
void add_row(CLI::App& app, Args& args, const OptionRow<Args>& row) {
  const std::string names{row.doc.names};
  const std::string help{row.doc.help};
  CLI::Option* option = std::visit(
      [&](auto field) -> CLI::Option* {
        using Value = std::remove_reference_t<decltype(args.*field)>;
        if constexpr (std::is_same_v<Value, bool>)
          return app.add_flag(names, args.*field, help);
        else
          return app.add_option(names, args.*field, help);
      },
      row.field);
  // One value each time: without this the option would take the words behind its value as well, SOURCE for one.
  if (row.doc.repeats && row.doc.names.starts_with('-')) option->allow_extra_args(false);
  if (!row.doc.value.empty()) option->type_name(std::string{row.doc.value});
  if (row.doc.required) option->required();
  if (row.range) option->check(CLI::Range(row.range->least, row.range->most))->type_name(std::string{row.doc.value});
  if (!row.doc.choices.empty()) {
    std::vector<std::string> choices(row.doc.choices.begin(), row.doc.choices.end());
    option->check(CLI::IsMember(choices))->type_name(std::string{row.doc.value});
  }
}

/// A command whose arguments live as long as the parser.
template <class Args>
CommandSpec command(std::string_view name, std::string_view summary, std::string_view description,
                    std::vector<OptionRow<Args>> rows, int (*run)(const Args&)) {
  CommandSpec spec{.name = name, .summary = summary, .description = description};
  for (const auto& row : rows) spec.options.push_back(row.doc);
  spec.attach = [rows = std::move(rows), run](CLI::App& app) -> std::function<int()> {
    auto args = std::make_shared<Args>();
    for (const auto& row : rows) add_row(app, *args, row);
    return [args, run] { return run(*args); };
  };
  return spec;
}

/// Every subcommand, in the order of the man page.
[[nodiscard]] const std::vector<CommandSpec>& commands();

}  // namespace pressmark::cli
