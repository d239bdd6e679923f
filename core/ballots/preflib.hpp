// SPDX-License-Identifier: GPL-3.0-or-later
// PrefLib's files: orders (soc, soi, toc, toi; also in the format before 2022), categories (cat)
// and weighted pairs (wmd).
#pragma once

#include "ballots/profile.hpp"
#include "lab/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace psephos::ballots {

/// A PrefLib file: what its header says and the ballots.
struct PrefLibFile {
    std::string title; ///< empty in the older format
    /// `soc`, `soi`, `toc`, `toi`, `cat` or `wmd`; empty in the older format.
    std::string dataType;
    /// A candidate is named by its alternative's name, verbatim. A voter of `cat` ranks those of
    /// the first category above those of the second, and so on. Without ballots in `wmd`.
    Profile profile;
    /// Of `wmd`: the weight of an edge is how often its source was preferred to its target.
    std::optional<PairCounts> weights;
    /// What is odd but readable: a header's count that differs from the body's, a name used twice.
    std::vector<std::string> warnings;
};

/// Does the text begin as a PrefLib file does: with a line `# KEY: …`, the key in capitals, or with
/// a line that holds the number of alternatives and one that starts `1,`?
[[nodiscard]] bool looksLikePrefLib(std::string_view text);

/// Reads a PrefLib file. New format: lines `# KEY: VALUE` (split at the first ": ", so that names
/// may hold one), then `count: order`. Older format: the number of alternatives, a line
/// `index,name` for each, `voters,sum,unique`, then `count,order`. An order lists alternatives
/// (from 1) separated by commas, tied ones in braces; blanks are ignored, a count may be 0. In
/// `cat` a number or brace is a category, which may be empty; in `wmd` a line is
/// `source,target,weight`.
///
/// \param text  the file's content, UTF-8
/// \param place names the file in errors
/// \errors with their line: no such format, another kind of data, a missing, repeated or impossible
///         number or name in the header; an order that can't be read or breaks the file's type (a
///         tie in soc and soi, an alternative left out in soc and toc, more categories than in the
///         header); an unknown or repeated alternative; an edge with a weight that is negative or
///         not finite, with one alternative at both ends, or given twice; no voter, no edge; fewer
///         orders or edges than the header announces (a truncated file). More of them, or other
///         voters, than announced only warn.
[[nodiscard]] lab::Result<PrefLibFile> parsePrefLib(std::string_view text,
                                                    const std::string& place);

} // namespace psephos::ballots
