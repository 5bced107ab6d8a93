#include "stac/json/json_document.h"

#include "stac/error.h"

#include <gtest/gtest.h>

namespace tiledir::stac
{

namespace
{

std::string error_of_text(const std::string &text)
{
    try
    {
        parse_json(text, "x.json");
    }
    catch (const InputError &error)
    {
        return error.what();
    }
    return "no error";
}

std::string nested(std::size_t depth)
{
    return std::string(depth, '[') + std::string(depth, ']');
}

} // namespace

TEST(JsonDocument, IsReadToAHundredLevels)
{
    EXPECT_EQ(error_of_text(nested(100)), "no error");
    EXPECT_EQ(error_of_text(nested(101)), "x.json: is nested more than 100 deep");
}

TEST(JsonDocument, OfNothingButBracketsOverflowsNoStack)
{
    EXPECT_EQ(error_of_text(std::string(kMaxJsonSize, '[')), "x.json: is nested more than 100 deep");
    std::string objects;
    for (int i = 0; i < 1000000; ++i)
    {
        objects += "{\"a\":";
    }
    EXPECT_EQ(error_of_text(objects), "x.json: is nested more than 100 deep");
}

TEST(JsonDocument, TakesNumbersThatPythonWrites)
{
    const nlohmann::json json =
        parse_json(R"({"a": NaN, "b": [-Infinity,Infinity], "c": "NaN \\\" Infinity", "NaN": 1})", "x.json");
    EXPECT_EQ(json, nlohmann::json::parse(R"({"a": "nan", "b": ["-inf", "inf"], "c": "NaN \\\" Infinity", "NaN": 1})"));
    EXPECT_EQ(error_of_text("{\"a\": NaNa}").rfind("x.json: not JSON: ", 0), 0u);
}

TEST(JsonDocument, IsBoundedInSize)
{
    EXPECT_EQ(error_of_text(std::string(kMaxJsonSize + 1, ' ')), "x.json: is larger than 16 MiB");
}

TEST(JsonDocument, HasNoNumbersBeyondAllNumbers)
{
    EXPECT_EQ(error_of_text("[1e503]").rfind("x.json: not JSON: ", 0), 0u);
}

TEST(JsonDocument, SaysBrieflyWhyItIsNoJson)
{
    const std::string error = error_of_text("{\"a\": \"" + std::string(1000000, 'x'));
    EXPECT_EQ(error.rfind("x.json: not JSON: ", 0), 0u);
    EXPECT_LT(error.size(), 300u);
}

} // namespace tiledir::stac
