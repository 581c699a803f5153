// Names that others gave, fit for a terminal and a log.
#pragma once

#include <string>
#include <string_view>

namespace pressmark {

/// `text` with '?' for every byte or character that a terminal might obey or that would show other text than there is: control
/// characters (C0, C1, DEL), line and paragraph separators, marks that turn the direction of writing, what is no UTF-8.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace pressmark
