// One table of options feeds the parser, --help, the man page and the shell completions.
//
// A subcommand describes itself by a CommandSpec: words, positionals, option rows bound to members of its own struct of
// arguments, and the function that runs it. Only main.cpp sees the parser (CLI11), which is heavy to compile.
#pragma once

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

/// A row bound to one Args: what the parser needs to know.
struct BoundOption {
  using Field = std::variant<bool*, std::string*, std::optional<std::string>*, std::vector<std::string>*,
                             std::uint64_t*, std::optional<std::uint64_t>*>;
  OptionDoc doc;
  Field field;
  std::optional<Range> range;
};

/// A command about to be parsed: the fields that take its words, and what to run then; the exit code comes back.
struct BoundCommand {
  std::vector<BoundOption> options;
  std::function<int()> run;
};

struct CommandSpec {
  std::string_view name;
  std::string_view summary;      ///< one line
  std::string_view description;  ///< paragraphs for --help and the man page
  std::vector<OptionDoc> options;
  std::vector<CommandSpec> children;
  std::function<BoundCommand()> bind;  ///< empty for a word that only leads to its children
};

/// A command whose arguments live as long as what runs it.
template <class Args>
CommandSpec command(std::string_view name, std::string_view summary, std::string_view description,
                    std::vector<OptionRow<Args>> rows, int (*run)(const Args&)) {
  CommandSpec spec{.name = name, .summary = summary, .description = description};
  for (const auto& row : rows) spec.options.push_back(row.doc);
  spec.bind = [rows = std::move(rows), run] {
    auto args = std::make_shared<Args>();
    BoundCommand bound;
    for (const auto& row : rows)
      bound.options.push_back(
          {.doc = row.doc,
           .field = std::visit([&](auto field) -> BoundOption::Field { return &((*args).*field); }, row.field),
           .range = row.range});
    bound.run = [args, run] { return run(*args); };
    return bound;
  };
  return spec;
}

/// Every subcommand, in the order of the man page.
[[nodiscard]] const std::vector<CommandSpec>& commands();

}  // namespace pressmark::cli
