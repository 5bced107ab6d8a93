// The files of an input: patterns expanded, sizes and times looked up, and what each file says of itself, opened only
// where that is not known from an earlier run.
#pragma once

#include "driver/raster/input/mosaic.h"
#include "driver/store/store.h"
#include "tools/engine/host/stop_request.h"
#include "tools/engine/recipe/secrets.h"
#include "tools/engine/resolved/file_stamp.h"
#include "tools/engine/schema/schema.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tiledir::engine
{

struct InputFile
{
    raster::MosaicFile file;
    std::string name; ///< of the file, however its path is spelled, without secrets
    FileStamp stamp;  ///< from before it was opened
};

/// Files by the input's name.
using InputFiles = std::map<std::string, std::vector<InputFile>>;

/// What comes before a pattern's first part with a wildcard, with the '/' at its end; of a path without any: all of it.
std::string fixed_part(const std::string &pattern);

/// The paths that a pattern of a shell (`dem/*.tif`, `dem/*/*.tif`) stands for, sorted; a path that is no pattern, or
/// a file of just that name, is itself. Throws InputError where a pattern finds nothing.
std::vector<std::string> expand_pattern(const std::string &pattern);

/// What is in `.tiledir/inputs.json` of an output, by name of the file; nothing where it is absent or not understood.
class KnownFiles
{
public:
    explicit KnownFiles(const store::Store &output);
    /// Null where the file is not known, or in another state.
    const InputFile *find(const std::string &name, const FileStamp &stamp) const;

private:
    std::map<std::string, InputFile> m_files;
};

/// Looks up all paths (a listing for each folder of an object store that has many of them), and opens those that are
/// not known, on `threads` threads; waits for credentials that have expired until `stop` is asked. Throws InputError
/// that names the file.
std::vector<InputFile> read_input_files(const std::vector<std::string> &paths, const KnownFiles &known, int threads,
                                        const Secrets &secrets, const StopToken &stop);

/// As `.tiledir/inputs.json` has them: `{"crs": [WKT...], "files": {"dem": [{"path", "size", "time", ...}]}}`.
Json to_json(const InputFiles &files);
/// Throws Json::exception where it is something else.
InputFiles input_files_from_json(const Json &json);

} // namespace tiledir::engine
