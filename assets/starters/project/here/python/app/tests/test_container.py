import subprocess


def test_the_container_implements_the_contract_of_sagemaker():
    # The options are those of the script `check` in package.json.
    subprocess.run(["npm", "run", "check"], check=True)
