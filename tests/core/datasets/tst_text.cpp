// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/datasets/temporary_folder.hpp"
#include "datasets/text.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace psephos;
using datasets::Text;

TEST_CASE("text_bytes_becomeTokensOfTheirAlphabet") {
    const std::string bytes = "banana bandana\xff nab, ban";
    const auto text = Text::fromBytes(bytes, "fruit");
    REQUIRE(text.ok());
    CHECK(text->alphabet() == std::vector<std::uint8_t>{' ', ',', 'a', 'b', 'd', 'n', 0xff});
    CHECK(text->decode(text->tokens()) == bytes);
    CHECK(text->tokens()[0] == 3);
}

TEST_CASE("text_lastTenth_isHeldOut") {
    std::string bytes(95, 'a');
    bytes += "bbbbb";
    const auto text = Text::fromBytes(bytes, "t");
    REQUIRE(text.ok());
    CHECK(text->training().size() == 90);
    CHECK(text->heldOut().size() == 10);
    CHECK(text->decode(text->heldOut()) == "aaaaabbbbb");
}

TEST_CASE("text_unigramEntropy_isThatOfTheBytes") {
    const std::string bytes = "aabbaabbaabbccddaabb" // 8 a, 8 b, 2 c, 2 d
                              "";
    const auto text = Text::fromBytes(bytes, "t");
    REQUIRE(text.ok());
    const double expected = -2 * 0.4 * std::log(0.4) - 2 * 0.1 * std::log(0.1);
    CHECK(text->unigramEntropyNats() == doctest::Approx(expected).epsilon(1e-12));
}

TEST_CASE("text_tooShortOrAllAlike_isRefusedWithItsName") {
    for (const auto& bytes : {std::string("too short"), std::string(), std::string(500, 'x')}) {
        const auto text = Text::fromBytes(bytes, "the name");
        REQUIRE_FALSE(text.ok());
        CHECK(text.error().place == "the name");
    }
}

TEST_CASE("text_fingerprint_tellsContentsApart") {
    const std::string bytes = "the quick brown fox jumps over the lazy dog";
    const auto print = [](const std::string& text) {
        return datasets::Text::fromBytes(text, "").value().fingerprint();
    };
    CHECK(print(bytes) == print(bytes));
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string other = bytes;
        other[at] = 'Z';
        CHECK(print(other) != print(bytes));
    }
    CHECK(print(bytes + std::string(1, '\0')) != print(bytes));
}

TEST_CASE("readText_fileAndGzip_areTheSame") {
    const test::TemporaryFolder folder;
    const std::string bytes = "The quick brown fox jumps over the lazy dog.\r\n";
    const auto plain = datasets::readText(folder.write("a.txt", bytes));
    const auto packed = datasets::readText(folder.writeGzip("a.txt.gz", bytes));
    REQUIRE(plain.ok());
    REQUIRE(packed.ok());
    CHECK(plain->decode(plain->tokens()) == bytes);
    CHECK(packed->decode(packed->tokens()) == bytes);
    CHECK_FALSE(datasets::readText(folder.path() / "missing.txt").ok());
    CHECK_FALSE(datasets::readText(folder.write("empty.txt", "")).ok());
}

TEST_CASE("builtInText_isProseOfSomeLength") {
    const Text text = datasets::builtInText();
    CHECK(text.tokens().size() > 40000);
    CHECK(text.alphabet().size() < 80);
    CHECK(text.unigramEntropyNats() > 2.8);
    CHECK(text.unigramEntropyNats() < 3.2);
}
