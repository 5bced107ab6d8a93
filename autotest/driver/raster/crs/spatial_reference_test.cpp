#include "driver/raster/crs/spatial_reference.h"

#include "stac/error.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace tiledir;
using namespace tiledir::raster;

TEST(SpatialReference, IsMadeFromTheUrisOfMatrixSets)
{
    EXPECT_EQ(authority_code(spatial_reference("http://www.opengis.net/def/crs/EPSG/0/3857")), "EPSG:3857");
    EXPECT_EQ(authority_code(spatial_reference("https://www.opengis.net/def/crs/EPSG/0/3857")), "EPSG:3857");
    EXPECT_EQ(authority_code(spatial_reference("http://www.opengis.net/def/crs/OGC/1.3/CRS84")), "OGC:CRS84");
    EXPECT_EQ(authority_code(spatial_reference("http://www.opengis.net/def/crs/OGC/0/CRS84")), "OGC:CRS84");
    EXPECT_EQ(authority_code(spatial_reference("urn:ogc:def:crs:EPSG::32633")), "EPSG:32633");
    EXPECT_EQ(authority_code(spatial_reference("EPSG:4326")), "EPSG:4326");
}

TEST(SpatialReference, IsMadeFromWktAndProjjson)
{
    const OGRSpatialReference laea = spatial_reference("EPSG:3035");
    EXPECT_TRUE(same_crs(spatial_reference(wkt(laea)), laea));
    char *json = nullptr;
    ASSERT_EQ(laea.exportToPROJJSON(&json, nullptr), OGRERR_NONE);
    const std::string text = json;
    CPLFree(json);
    EXPECT_EQ(authority_code(spatial_reference(text)), "EPSG:3035");
}

TEST(SpatialReference, KnowsTheMercatorProjections)
{
    for (const char *mercator : {"EPSG:3857", "EPSG:3395", "EPSG:3832"})
    {
        EXPECT_TRUE(is_mercator(spatial_reference(mercator))) << mercator;
    }
    for (const char *other : {"EPSG:4326", "EPSG:32633", "EPSG:3035"})
    {
        EXPECT_FALSE(is_mercator(spatial_reference(other))) << other;
    }
}

TEST(SpatialReference, PutsLongitudeFirstWhateverTheAuthoritySays)
{
    for (const char *crs : {"EPSG:4326", "OGC:CRS84", "EPSG:3035", "EPSG:32633"})
    {
        const OGRSpatialReference from = spatial_reference(crs);
        const stac::Bounds bounds = transform_bounds({9, 50, 11, 54}, spatial_reference("OGC:CRS84"), from);
        EXPECT_LT(bounds.min_x, bounds.max_x) << crs;
        if (from.IsGeographic())
        {
            EXPECT_NEAR(bounds.min_x, 9, 1e-9) << crs;
            EXPECT_NEAR(bounds.max_y, 54, 1e-9) << crs;
        }
    }
}

TEST(SpatialReference, QuotesWhatItDoesNotKnow)
{
    for (const char *crs : {"", "EPSG:999999", "Mercator", "http://localhost:1/crs", "/etc/hostname"})
    {
        try
        {
            spatial_reference(crs);
            ADD_FAILURE() << crs;
        }
        catch (const InputError &error)
        {
            EXPECT_NE(std::string(error.what()).find("'" + std::string(crs) + "'"), std::string::npos);
        }
    }
}

TEST(SpatialReference, KnowsWhereAuthoritiesPutNorthingFirst)
{
    EXPECT_TRUE(crs_facts("EPSG:4326").northing_first);
    EXPECT_TRUE(crs_facts("http://www.opengis.net/def/crs/EPSG/0/3035").northing_first);
    EXPECT_FALSE(crs_facts("EPSG:3857").northing_first);
    EXPECT_FALSE(crs_facts("EPSG:32633").northing_first);
    EXPECT_FALSE(crs_facts("http://www.opengis.net/def/crs/OGC/1.3/CRS84").northing_first);
}

TEST(SpatialReference, KnowsTheUnitsOfItsAxes)
{
    EXPECT_EQ(crs_facts("EPSG:3857").metres_per_unit, 1);
    EXPECT_NEAR(crs_facts("EPSG:2225").metres_per_unit, 1200.0 / 3937, 1e-15); // US survey feet
    EXPECT_NEAR(crs_facts("EPSG:4326").metres_per_unit, 6378137 * 3.14159265358979323846 / 180, 1e-6);
    EXPECT_TRUE(crs_facts("EPSG:4148").geographic); // of no list of ours
}

TEST(SpatialReference, HasNoCodeWhereNoAuthorityGivesOne)
{
    EXPECT_EQ(authority_code(spatial_reference("+proj=laea +lat_0=10 +lon_0=20 +type=crs")), "");
}

// Spherical Mercator by hand: x = a * lon, y = a * ln(tan(pi / 4 + lat / 2)).
TEST(SpatialReference, BringsBoundsToMercator)
{
    constexpr double kRadius = 6378137;
    constexpr double kPi = 3.14159265358979323846;
    const stac::Bounds bounds =
        transform_bounds({-10, 20, 30, 60}, spatial_reference("EPSG:4326"), spatial_reference("EPSG:3857"));
    const auto northing = [](double latitude) { return kRadius * std::log(std::tan(kPi / 4 + latitude * kPi / 360)); };
    EXPECT_NEAR(bounds.min_x, kRadius * -10 * kPi / 180, 1e-6);
    EXPECT_NEAR(bounds.max_x, kRadius * 30 * kPi / 180, 1e-6);
    EXPECT_NEAR(bounds.min_y, northing(20), 1e-6);
    EXPECT_NEAR(bounds.max_y, northing(60), 1e-6);
}

// In LAEA a parallel hangs down to the central meridian, 10 E: the southernmost point is at no corner.
TEST(SpatialReference, FollowsEdgesThatBend)
{
    const OGRSpatialReference from = spatial_reference("OGC:CRS84");
    const OGRSpatialReference to = spatial_reference("EPSG:3035");
    const stac::Bounds whole = transform_bounds({-10, 40, 30, 50}, from, to);
    const stac::Bounds corner = transform_bounds({-10, 40, -9.999, 40.001}, from, to);
    const stac::Bounds middle = transform_bounds({9.999, 40, 10.001, 40.001}, from, to);
    EXPECT_NEAR(whole.min_y, middle.min_y, 1);
    EXPECT_GT(corner.min_y, whole.min_y + 1000);
}
