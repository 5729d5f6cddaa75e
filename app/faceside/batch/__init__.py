"""The same library over very many pictures, on all cores of a machine or on a cluster.

if __name__ == "__main__":  # the worker processes read the script too
    sources, recipe = Sources(("photos", "more/*.zip")), Recipe(landmarks=True)
    for stage in run_batch(sources, recipe, Folder("out"), LocalEngine(), shard_size=250):
        print(stage.done, "of", stage.total)

What comes out is a folder of Parquet files, one a shard; what a shard is and when it counts as done
stands in :mod:`~faceside.batch.folder`. Needs the extra ``batch``, on a cluster the extra ``ray``.
"""
