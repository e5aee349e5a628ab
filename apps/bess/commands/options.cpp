// bess options: every option of a request, for people and programs.

#include <memory>

#include "bess/command.h"
#include "service/option_docs.h"

namespace bess::app {

namespace {

CommandRun add_options(Arguments& arguments, CommandContext&) {
  struct Format {
    bool markdown{false};
    bool schema{false};
  };
  auto a = std::make_shared<Format>();
  const Argument markdown = arguments.flag("--markdown", a->markdown, "as docs/options.md");
  arguments.flag("--schema,--json", a->schema, "as JSON Schema").excludes(markdown);
  return [a] {
    print(a->markdown ? service::options_page() : a->schema ? service::request_schema().dump(2) + "\n" : service::request_help());
    return done;
  };
}

const CommandRegistration registration{{.order = 60,
                                        .name = "options",
                                        .help = "list every option of a simulation request, with unit, default and range",
                                        .add = add_options}};

}  // namespace

}  // namespace bess::app
