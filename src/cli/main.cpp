// The command: builds a parser from the table of commands, runs what was asked.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <fmt/format.h>

#include "cli/common.h"
#include "cli/known.h"

namespace pressmark::cli {

const std::vector<CommandSpec>& commands() {
  static const std::vector<CommandSpec> all{
      rip_command(),   verify_command(),  identify_command(),   catalog_command(), dat_command(),
      files_command(), extract_command(), cat_command(),        drives_command(),  info_command(),
      sim_command(),   serve_command(),   completion_command(), generate_command()};
  return all;
}

namespace {

void add_option(CLI::App& app, const BoundOption& bound) {
  const OptionDoc& doc = bound.doc;
  const std::string names{doc.names};
  const std::string help{doc.help};
  CLI::Option* option = std::visit(
      [&](auto* field) -> CLI::Option* {
        if constexpr (std::is_same_v<decltype(field), bool*>)
          return app.add_flag(names, *field, help);
        else
          return app.add_option(names, *field, help);
      },
      bound.field);
  // One value each time: without this the option would take the words behind its value as well, SOURCE for one.
  if (doc.repeats && doc.names.starts_with('-')) option->allow_extra_args(false);
  if (!doc.value.empty()) option->type_name(std::string{doc.value});
  if (doc.required) option->required();
  if (bound.range) option->check(CLI::Range(bound.range->least, bound.range->most))->type_name(std::string{doc.value});
  if (!doc.choices.empty()) {
    std::vector<std::string> choices(doc.choices.begin(), doc.choices.end());
    option->check(CLI::IsMember(choices))->type_name(std::string{doc.value});
  }
}

/// Builds the parser of `spec` below `parent`; `chosen` is set to what to run when its words are on the command line.
void attach(CLI::App& parent, const CommandSpec& spec, std::function<int()>& chosen) {
  CLI::App* app = parent.add_subcommand(std::string{spec.name}, std::string{spec.summary});
  if (spec.name == "generate") app->group("");  // the build's own
  app->footer("\n" + std::string{spec.description});
  for (const CommandSpec& child : spec.children) attach(*app, child, chosen);
  if (!spec.children.empty()) app->require_subcommand(1);
  if (!spec.bind) return;
  BoundCommand bound = spec.bind();
  for (const BoundOption& option : bound.options) add_option(*app, option);
  app->final_callback([run = std::move(bound.run), &chosen] { chosen = run; });
}

int main(int argc, char** argv) {
  CLI::App app{"Reads CDs, DVDs and Blu-rays to exact images and proves what it read.", "pressmark"};
  app.set_version_flag("-V,--version", "pressmark " PRESSMARK_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(26);
  std::function<int()> chosen;
  for (const CommandSpec& spec : commands()) attach(app, spec, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    print_error(fmt::format("pressmark: {}; see pressmark --help\n", error.what()));
    return kWrongUsage;
  }
  return chosen();
}

}  // namespace
}  // namespace pressmark::cli

int main(int argc, char** argv) {
  try {
    return pressmark::cli::main(argc, argv);
  } catch (const std::exception& trouble) {  // out of memory, or a bug: nothing else throws
    std::fprintf(stderr, "pressmark: stopped: %s; what was committed is kept\n", trouble.what());
    return pressmark::cli::kTrouble;
  }
}
