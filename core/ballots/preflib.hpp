// SPDX-License-Identifier: GPL-3.0-or-later
// PrefLib's files of orders: soc, soi, toc and toi, in the format of 2022 and in the older one.
#pragma once

#include "ballots/profile.hpp"
#include "lab/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace psephos::ballots {

/// A PrefLib file: what its header says and the ballots.
struct PrefLibFile {
    std::string title;    ///< empty in the older format
    std::string dataType; ///< `soc`, `soi`, `toc` or `toi`; empty in the older format
    Profile profile;      ///< a candidate is named by its alternative's name, verbatim
    /// What is odd but readable: a header's count that differs from the body's, a name used twice.
    std::vector<std::string> warnings;
};

/// Does the text begin as a PrefLib file does: with a line `# KEY: …`, the key in capitals, or with
/// a line that holds the number of alternatives and one that starts `1,`?
[[nodiscard]] bool looksLikePrefLib(std::string_view text);

/// Reads a PrefLib file. New format: lines `# KEY: VALUE` (split at the first ": ", so that names
/// may hold one), then `count: order`. Older format: the number of alternatives, a line
/// `index,name` for each, `voters,sum,unique`, then `count,order`. An order lists alternatives
/// (from 1) separated by commas, tied ones in braces; blanks are ignored, a count may be 0.
///
/// \param text  the file's content, UTF-8
/// \param place names the file in errors
/// \errors with their line: no such format, a kind of data that holds no orders (`cat`, `wmd`), a
///         missing, repeated or impossible number or name in the header, an order that can't be
///         read or breaks the file's type (a tie in soc and soi, an alternative left out in soc and
///         toc), an unknown or repeated alternative, no voter, fewer orders than the header
///         announces (a truncated file). More orders, or other
///         voters, than announced only warn.
[[nodiscard]] lab::Result<PrefLibFile> parsePrefLib(std::string_view text,
                                                    const std::string& place);

} // namespace psephos::ballots
