#include "tools/engine/processes/algebra/expression.h"

#include "stac/error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace tiledir::engine
{

namespace
{

constexpr double kNoData = std::numeric_limits<double>::quiet_NaN();

/// The value of a text where `a` and `b[2]` have these.
double value_of(const std::string &text, double a, double b2)
{
    const Expression expression(text, {{"a", 1}, {"b", 2}});
    std::vector<const double *> bands;
    for (const BandName &band : expression.bands())
    {
        bands.push_back(band.input == "a" ? &a : &b2);
    }
    double result = 0;
    Expression::Evaluator(expression).evaluate(bands, 1, &result);
    return result;
}

std::string refusal(const std::string &text)
{
    try
    {
        const Expression expression(text, {{"red", 1}, {"s2", 4}});
        return "";
    }
    catch (const InputError &error)
    {
        return error.what();
    }
}

} // namespace

TEST(Expression, ReadsBandsOnceInTheOrderOfTheirNames)
{
    const Expression expression("s2[4] - red + s2[4] * s2", {{"red", 1}, {"s2", 4}});
    ASSERT_EQ(expression.bands().size(), 3U);
    EXPECT_TRUE(expression.bands()[0] == (BandName{"s2", 4}));
    EXPECT_TRUE(expression.bands()[1] == (BandName{"red", 1}));
    EXPECT_TRUE(expression.bands()[2] == (BandName{"s2", 1})) << "the first where none is named";
}

TEST(Expression, TakesNumbersForNumbers)
{
    EXPECT_DOUBLE_EQ(value_of("a * 1e2 + .5 - 2.5E-1", 3, 0), 300.25);
    EXPECT_DOUBLE_EQ(value_of("a + _pi", 0, 0), std::acos(-1.0));
}

TEST(Expression, HasConditionsAndLogic)
{
    EXPECT_EQ(value_of("a >= 2 && b[2] != 0 ? 10 : 20", 2, 1), 10);
    EXPECT_EQ(value_of("a >= 2 && b[2] != 0 ? 10 : 20", 2, 0), 20);
    EXPECT_EQ(value_of("a <= b[2] || a == 7", 7, 1), 1);
}

TEST(Expression, IsWithoutDataWhereABandIsThatItReads)
{
    EXPECT_TRUE(std::isnan(value_of("a > 0 ? 1 : 2", kNoData, 0))) << "though a comparison has a result";
    EXPECT_TRUE(std::isnan(value_of("a + 0 * b[2]", 1, kNoData)));
    EXPECT_EQ(value_of("valid(b[2]) ? b[2] : a", 5, kNoData), 5);
    EXPECT_EQ(value_of("valid(b[2]) ? b[2] : a", 5, 6), 6);
    EXPECT_TRUE(std::isnan(value_of("valid(b[2]) ? b[2] : a", kNoData, 6))) << "a is not asked for";
}

TEST(Expression, IsWithoutDataWhereTheResultIsNoFiniteNumber)
{
    EXPECT_TRUE(std::isnan(value_of("1 / a", 0, 0)));
    EXPECT_TRUE(std::isnan(value_of("sqrt(a)", -1, 0)));
    EXPECT_TRUE(std::isnan(value_of("exp(a)", 1e6, 0)));
}

TEST(Expression, QuotesThePlaceOfWhatIsWrong)
{
    EXPECT_NE(refusal("red + rde").find("at 'rde': 'rde' is no input; the nearest is 'red'"), std::string::npos);
    EXPECT_NE(refusal("red - s2[5]").find("at 's2[5]': input 's2' has bands 1 to 4"), std::string::npos);
    EXPECT_NE(refusal("red - s2[0]").find("has bands 1 to 4"), std::string::npos);
    EXPECT_NE(refusal("s2[99999999999]").find("a band is as s2[1]"), std::string::npos);
    EXPECT_NE(refusal("red = 2").find("nothing can be assigned"), std::string::npos);
    EXPECT_NE(refusal("red, s2").find("at ', s2': is a list"), std::string::npos);
    EXPECT_NE(refusal("(red + 1").find("at its end"), std::string::npos);
    EXPECT_NE(refusal("red ** 2").find("at '"), std::string::npos);
    EXPECT_NE(refusal("valid(red").find("valid() takes one band"), std::string::npos);
    EXPECT_NE(refusal("").find("''"), std::string::npos);
    EXPECT_EQ(refusal("red == 2 || red <= 1 || red != 3"), "");
}

} // namespace tiledir::engine
