// Expected values: tables 3-6 and 3-7 of the Unicode Standard.
#include "stac/utf8.h"

#include <gtest/gtest.h>

namespace tiledir::stac
{
namespace
{

TEST(Utf8, TheFirstAndTheLastCharacterOfEachSizeAreUtf8)
{
    for (const char *text : {"", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                             "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "caf\xC3\xA9s"})
    {
        EXPECT_TRUE(is_utf8(text)) << text;
        EXPECT_EQ(as_utf8(text), text);
    }
}

TEST(Utf8, WhatIsTooLongTooShortASurrogateOrBeyondIsNot)
{
    for (const char *text :
         {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
          "\xF8\x88\x80\x80\x80", "\xC3", "\xE2\x82", "\xF0\x9D\x84", "\xC3(", "\xFF"})
    {
        EXPECT_FALSE(is_utf8(text)) << text;
    }
}

TEST(Utf8, OtherTextIsTakenForLatin1)
{
    EXPECT_EQ(as_utf8("H\xF6he"), "H\xC3\xB6he");
    EXPECT_EQ(as_utf8("\xFF\x80"), "\xC3\xBF\xC2\x80");
}

TEST(Utf8, CodePointsAreWritten)
{
    std::string text;
    for (const std::uint32_t code : {0x24U, 0xA3U, 0x20ACU, 0x1D11EU})
    {
        append_utf8(code, text);
    }
    EXPECT_EQ(text, "$\xC2\xA3\xE2\x82\xAC\xF0\x9D\x84\x9E");
}

} // namespace
} // namespace tiledir::stac
